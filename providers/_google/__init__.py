"""Gemini's format, and what its models take."""
