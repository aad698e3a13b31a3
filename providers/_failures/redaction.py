"""Takes out of a provider's words what looks like a key, a part of one, or an account."""

from __future__ import annotations

import re

MARK = "[redacted]"
KEYS = (  # by their prefix
    r"\b(?:sk|pk|rk|gsk|xai|tb|hf|gh[opsu]|github_pat|vck)[-_][A-Za-z0-9_\-*.…]{6,}|\bAIza[A-Za-z0-9_\-*.…]{6,}"
    r"|\b(?:ya29|AQ)\.[A-Za-z0-9_\-*.…]{6,}"  # Google's tokens, and its newer keys
)
TRACES = (  # also of keys that the provider masked itself, and of accounts: with a digit, or too long to be a word
    # What stands before the stars is tried once a word: from every letter of it, a long word would take minutes.
    rf"{KEYS}|(?:(?<![A-Za-z0-9_\-.])[A-Za-z0-9_\-.]++)?[*•…]{{3,}}[A-Za-z0-9_\-.]*"
    r"|\b(?:org|proj|user|acct)[-_](?=[A-Za-z]*\d|[A-Za-z]{12})[A-Za-z0-9]{8,}"
)
SECRET = re.compile(
    rf"(?i:\bbearer\s+)\S+|{TRACES}|\bkey[-_][A-Za-z0-9_\-*.…]{{6,}}"
    r"|(?<![\w./-])(?=[A-Za-z_\-]*\d)(?=[\d_\-]*[A-Za-z])[A-Za-z0-9_\-]{32,}"  # a long word of letters and digits
)


def redact(text: str) -> str:
    """The text without anything that looks like a secret."""
    return SECRET.sub(MARK, text)


def shorten(text: str, length: int = 300) -> str:
    """One line of at most this many characters, without anything that looks like a secret."""
    line = redact(" ".join(text[: 20 * length].split()))
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
