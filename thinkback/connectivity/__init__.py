"""Whether what stands before the server lets everything through that the chat needs."""
