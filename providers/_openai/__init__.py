"""OpenAI's formats, in the dialects of those who speak them."""
