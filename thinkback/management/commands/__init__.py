"""Commands that belong to no part of the site."""
