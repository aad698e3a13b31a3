"""Exports as files: one text for one conversation, a zip for many or for one with files; the same bytes each time."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator

from django.core.files.storage import default_storage
from django.utils.text import slugify

from thinkback.transfer.document import Chat, written
from thinkback.transfer.exporting import Export
from thinkback.transfer.markdown import markdown

CHUNK = 256 * 1024  # bytes of a file in memory
EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest time that a zip can tell: its own time would make each one different
FORMATS: dict[str, tuple[Callable[[Chat], bytes], str]] = {
    "json": (written, "application/json"),
    "md": (lambda chat: markdown(chat).encode(), "text/markdown; charset=utf-8"),
}


class _Pipe(io.RawIOBase):
    """Where a zip writes to, without a way back; what has come out is taken from here."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        data = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(data)
        return len(data)

    def take(self) -> bytes:
        """All since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class Archive:
    """A zip that is written piece by piece: never more than one conversation, or a piece of a file, in memory."""

    def __init__(self, format: str) -> None:
        self._write, _ = FORMATS[format]
        self._ending = format
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_DEFLATED)
        self._there: set[str] = set()

    def add(self, exported: Export) -> Iterator[bytes]:
        """The pieces of the zip that one conversation makes."""
        self._zip.writestr(_entry(f"chats/{name_of(exported.chat)}.{self._ending}"), self._write(exported.chat))
        yield self._pipe.take()
        for path, stored in sorted(exported.files.items()):
            if path in self._there:
                continue
            self._there.add(path)
            with default_storage.open(stored, "rb") as source, self._zip.open(_entry(path), "w") as target:
                for chunk in source.chunks(CHUNK):
                    target.write(chunk)
                    yield self._pipe.take()

    def end(self) -> bytes:
        """The last piece."""
        self._zip.close()
        return self._pipe.take()


def one(exported: Export, format: str) -> Iterator[bytes]:
    """A conversation as a zip with its files."""
    archive = Archive(format)
    yield from archive.add(exported)
    yield archive.end()


def text(chat: Chat, format: str) -> bytes:
    """A conversation alone."""
    return FORMATS[format][0](chat)


def name_of(chat: Chat) -> str:
    """A name for people, the same each time, and no other conversation's."""
    digest = hashlib.sha256(chat.origin.encode()).hexdigest()[:12]
    title = slugify(chat.title, allow_unicode=True)[:60].strip("-_")
    return "-".join(filter(None, (f"{chat.created_at:%Y-%m-%d}", title, digest)))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, wherever it is made
    entry.external_attr = 0o644 << 16
    return entry
