"""What can go wrong upstream, in one set of words."""
