"""What passing bytes say: events, usage, ends."""
