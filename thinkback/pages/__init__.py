"""Pages that belong to no other application: the settings list, about, the parts, what went wrong."""
