"""What is left of an account, and of its limits, where a service tells it."""
