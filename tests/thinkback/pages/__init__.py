"""Tests of `pages` and of what all pages share."""
