"""Ollama's own chat, and what services at home have in common."""
