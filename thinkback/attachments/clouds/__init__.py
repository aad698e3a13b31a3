"""Services that keep files, through django-storages. Their libraries come with extras, and are loaded when chosen."""

SILENCE = 4  # seconds that a service may say nothing, in each of two tries: one that is down costs less than ten
PAUSE = 1  # second between the two
