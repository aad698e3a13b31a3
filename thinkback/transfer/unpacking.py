"""A file that somebody gave: its conversations one by one, whatever form it has, never all in memory."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zlib import error as zlib_error

from thinkback.transfer.foreign import own

MEGABYTE = 1024 * 1024
MOST_TEXT = 2048 * MEGABYTE  # bytes of JSON in an archive, unpacked
MOST_ENTRIES = 200_000
LARGEST = 96 * MEGABYTE  # characters of one conversation, or of a file that is a single object
BOMB = 100, 64 * MEGABYTE  # nobody's words shrink to a hundredth; small files may
STEP = MEGABYTE  # characters that are read at once
ASSET = re.compile(r"(file[-_][A-Za-z0-9]+)")
LIKELY = re.compile(r"(^|/)(conversations[^/]*\.json|chats/[^/]+\.json)$", re.IGNORECASE)
NOTHING = (
    "There are no conversations in this file that ThinkBack can read. It reads the exports of ChatGPT, Claude, "
    "Open WebUI, LibreChat and its own: the zip as it came, or the JSON files in it."
)


class Unreadable(ValueError):
    """A file, or the rest of it, that cannot be read; the reason is for people."""


@dataclass(frozen=True, slots=True)
class Found:
    """One conversation as it stands in the file, and how much of the file has been read (0 to 1)."""

    raw: object
    progress: float


class Given:
    """The file while it is open. `assets` finds what is beside the conversations in an archive."""

    def __init__(self, path: Path, archive: zipfile.ZipFile | None) -> None:
        self._path = path
        self._archive = archive
        self._names = set(archive.namelist()) if archive else set()
        self._assets = {
            match[1]: name for name in sorted(self._names) if (match := ASSET.match(PurePosixPath(name).name))
        }

    def assets(self, id: str) -> str:
        """The place of a file by the id that ChatGPT's messages name; "" where it is not there."""
        match = ASSET.match(id)
        return self._assets.get(match[1], "") if match else ""

    def fetch(self, place: str, most: int) -> bytes | None:
        """What a file of the archive holds; None where it is not there, or is larger than this."""
        if self._archive is None or place not in self._names or self._archive.getinfo(place).file_size > most:
            return None
        try:
            with self._archive.open(place) as file:
                return file.read(most + 1)
        except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, zlib_error):
            return None

    def conversations(self) -> Iterator[Found]:
        """All, in order. Raises Unreadable where it breaks off."""
        if self._archive is None:
            size = self._path.stat().st_size or 1
            with self._path.open("rb") as file:
                for raw in _in_text(file):
                    yield Found(raw, min(file.tell() / size, 1.0))
            return
        entries = _texts(self._archive)
        total = sum(entry.file_size for entry in entries) or 1
        before = 0
        for entry in entries:
            with _told_of_zip(), self._archive.open(entry) as file:
                for raw in _in_text(file):
                    yield Found(raw, min((before + file.tell()) / total, 1.0))
            before += entry.file_size


@contextmanager
def opened(path: Path) -> Iterator[Given]:
    """Open a file by what it holds. Raises Unreadable."""
    with path.open("rb") as file:
        start = file.read(64)
    if start.startswith(b"PK"):
        with _told_of_zip(), zipfile.ZipFile(path) as archive:
            yield Given(path, archive)
    elif start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{"):
        yield Given(path, None)
    else:
        raise Unreadable(NOTHING)


@contextmanager
def _told_of_zip() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib_error) as error:
        raise Unreadable("The archive is damaged. Download it again.") from error
    except RuntimeError as error:
        if "password" not in str(error):
            raise
        raise Unreadable("The archive is locked with a password. Unlock it first.") from error


def _texts(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The entries that may hold conversations: those that are called so, or else every JSON file."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(f"The archive holds more than {MOST_ENTRIES:,} files.")
    found = [entry for entry in entries if LIKELY.search(entry.filename)]
    found = found or [entry for entry in entries if entry.filename.lower().endswith(".json")]
    ratio, harmless = BOMB
    if any(entry.file_size > max(harmless, ratio * entry.compress_size) for entry in found):
        raise Unreadable("The archive unpacks to far more than it should. It is not an export.")
    if sum(entry.file_size for entry in found) > MOST_TEXT:
        raise Unreadable(f"The conversations are larger than {MOST_TEXT // MEGABYTE:,} MB together.")
    return sorted(found, key=lambda entry: entry.filename)


def _in_text(file: IO[bytes]) -> Iterator[object]:
    """The conversations of one JSON file: of a list one after the other, of an object those that it holds."""
    text = io.TextIOWrapper(file, "utf-8-sig", "replace")
    try:
        yield from _of_stream(text)
    finally:
        text.detach()


def _of_stream(text: IO[str]) -> Iterator[object]:
    start = text.read(STEP).lstrip()
    if start.startswith("["):
        yield from _elements(start[1:], text)
        return
    whole = start + text.read(LARGEST)
    if len(whole) > LARGEST:
        raise Unreadable(f"The file is one object of more than {LARGEST // MEGABYTE} MB.")
    try:
        found = json.loads(whole)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The file is not valid JSON: {error}.") from error
    yield from _of_object(found)


def _of_object(found: object) -> list[Any]:
    if not isinstance(found, dict):
        return []
    try:
        ours = own.opened(found)
    except ValueError as error:
        raise Unreadable(str(error)) from error
    if ours is not None:
        return ours
    held = found.get("conversations")
    return held if isinstance(held, list) else [found]


def _elements(buffer: str, text: IO[str]) -> Iterator[object]:
    """The elements of a list whose bracket has been read, each as soon as all of it is there."""
    decode = json.JSONDecoder().raw_decode
    place, step = 0, STEP
    while True:
        place = _after_space(buffer, place)
        if buffer[place : place + 1] == "]":
            return
        try:
            found, place = decode(buffer, place)
        except (ValueError, RecursionError) as error:  # there is more of it to come, or it is broken
            more = text.read(step)
            if not more or len(buffer) - place > LARGEST:
                raise Unreadable("The file is damaged from here on. What stands before it was read.") from error
            buffer, place, step = buffer[place:] + more, 0, step * 2
        else:
            yield found
            step = STEP


def _after_space(buffer: str, place: int) -> int:
    while place < len(buffer) and buffer[place] in " \t\r\n,":
        place += 1
    return place
