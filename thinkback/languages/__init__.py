"""In which language and time zone somebody reads: chosen in `choosing`, put in force in `middleware` and `reading`."""
