"""Anthropic's format, and what its models take wherever they are served."""
