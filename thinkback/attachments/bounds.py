"""THINKBACK_ATTACHMENTS: how large files may be, how many a message takes, and how much room each user has."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

MEGABYTE = 1024 * 1024
MOST = {"file_mb": 31, "message_files": 50, "user_mb": 1024 * 1024}  # the server takes bodies of up to 32 MB


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is allowed."""

    file_mb: int = 20
    message_files: int = 20
    user_mb: int = 2000  # of all files that a user keeps; 0: nobody may give any

    @property
    def file_bytes(self) -> int:
        """The largest file."""
        return self.file_mb * MEGABYTE

    @property
    def user_bytes(self) -> int:
        """The room of one user."""
        return self.user_mb * MEGABYTE


def read(text: str) -> Bounds:
    """`file_mb=20,message_files=20,user_mb=2000`; what is not named keeps its default. Raises ValueError."""
    known = [field.name for field in fields(Bounds)]
    found: dict[str, int] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, number = (word.strip() for word in part.partition("="))
        if name not in known:
            raise ValueError(f"knows {', '.join(known)}; each is written name=number.")
        least = 0 if name == "user_mb" else 1
        if not (number.isascii() and number.isdecimal() and least <= int(number[:9]) <= MOST[name]):
            raise ValueError(f"{name} must be a whole number from {least} to {MOST[name]}.")
        found[name] = int(number)
    return replace(Bounds(), **found)
