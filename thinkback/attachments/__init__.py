"""Pictures and files that people give with their messages: taken in, read, kept, shown, told to models."""
