"""Whether the storage does all that is asked of it: take a file, give it back, delete it. Needs no database yet."""

from __future__ import annotations

from django.core.files.storage import default_storage

from proxy.call import new_id
from thinkback.attachments import files

CONTENT = b"ThinkBack asks whether files can be kept here."


def probe() -> None:
    """Write a small file, read it and delete it. Raises StorageFailed, whose cause tells more."""
    path = files.put(f"attachments/probe-{new_id()}.txt", CONTENT)
    try:
        if files.read(path) != CONTENT:
            raise files.StorageFailed("give back what it was given", ValueError(path))
    finally:
        with files.told("delete a file"):
            default_storage.delete(path)
            there = default_storage.exists(path)
    if there:
        raise files.StorageFailed("delete a file", OSError(path))
