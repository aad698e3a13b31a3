"""Why a configuration is not accepted."""

from __future__ import annotations


class Invalid(Exception):
    """Something in a configuration is wrong: `errors` has a sentence for each field at fault."""

    def __init__(self, **errors: str) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors.items()))
        self.errors = errors


class HostChanged(Exception):
    """The base URL moves to another host, so that the stored key would be forgotten: ask first."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(f"{old} → {new}")
        self.old = old
        self.new = new
        self.message = f"The stored key belongs to {old}. Moving to {new} removes it."
