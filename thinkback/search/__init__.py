"""Finding what was said: every message and title of a user, by words, phrases and filters."""
