"""Coding agents on the server's own machine: Claude Code and OpenCode, spoken to from the chat page."""
