"""Which conversation a prompt belongs to: callers of the unified API send all of it each time, and no name for it."""

from __future__ import annotations

from hashlib import blake2b

from providers import Prompt


def thread_of(user_id: int, prompt: Prompt) -> str:
    """The same for every prompt of one person that begins in the same words."""
    opening = f"{user_id}\n{prompt.system}\n{prompt.messages[0].text if prompt.messages else ''}"
    return blake2b(opening.encode("utf-8", "replace"), digest_size=16).hexdigest()
