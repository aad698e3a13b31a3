"""Template tags of the usage page."""
