"""The chat page in a real Chromium: what it weighs, how soon it is there, how typing feels while an answer streams."""
