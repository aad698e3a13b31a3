"""What a file holds, found out in a process of its own: files are hostile until they have been read."""
