"""Which of a user's models answers, where a name stands for several: aliases, shares, automatic choice."""
