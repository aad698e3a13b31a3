"""Finds the adapters: our own, and those that others bring."""
