"""The unified API: OpenAI's chat completions over every provider, under `/api/v1/`. Read `consumer.py` first."""
