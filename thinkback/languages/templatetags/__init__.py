"""What templates ask about languages."""
