"""Reads the file at the start, and again when it changes. A wrong file is refused, and what was in force stays."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

import providers
from thinkback.configuration import sections
from thinkback.configuration.document import Document, Invalid
from thinkback.environment import Environment

PERIOD = 1.0  # seconds between two looks
LARGEST = 1024 * 1024  # bytes
log = logging.getLogger(__name__)
State = tuple[int, int, int]


class Watcher:
    """The file that THINKBACK_CONFIG names, if it names one."""

    def __init__(self, period: float = PERIOD) -> None:
        self.period = period
        self.seen: State | None = None
        self.refused = ""  # why the file, as it is now, is not in force
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Put the file in force, and watch it. Raises ImproperlyConfigured for a wrong one."""
        path = settings.CONFIG
        if path is None:
            providers.available()  # now, so that a plug-in that is left out is told at the start
            return
        self.seen = state_of(path)
        try:
            load(path)
        except Invalid as error:
            raise ImproperlyConfigured(f"THINKBACK_CONFIG: {error.reason}") from None
        self._task = asyncio.get_running_loop().create_task(self._run(path), name="configuration")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self, path: Path) -> None:
        while True:
            await asyncio.sleep(self.period)
            state = state_of(path)
            if state != self.seen:
                self.seen = state
                try:
                    load(path)
                except Invalid as error:
                    self.refused = error.reason
                    log.error("The configuration stays as it was. %s", error.reason)
                else:
                    self.refused = ""
                    log.info("The configuration was read again from %s", path)


def state_of(path: Path) -> State | None:
    """What changes when the file does; None where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def load(path: Path) -> None:
    """Put a file in force, all of it or nothing. Raises Invalid, which names file and line."""
    for step in read(path):
        step()


def read(path: Path) -> list[sections.Apply]:
    """What puts a file in force. Raises Invalid, which names file and line."""
    document: Document | None = None
    try:
        document = Document(text_of(path), variable, is_json=path.suffix == ".json")
        return sections.read(document)
    except Invalid as error:
        line = error.line if document is None or error.line is not None else document.line_of(error.path)
        place = f"{path}, line {line}" if line else str(path)
        raise Invalid(f"{place}: {error.reason}.", error.path, line) from None


def text_of(path: Path) -> str:
    """The text of the file. Raises Invalid."""
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid("is larger than 1 MB")
        return path.read_text("utf-8")
    except OSError as error:
        raise Invalid(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise Invalid("is not text in UTF-8") from None


def variable(name: str) -> str | None:
    """An environment variable, or the content of the file that NAME_FILE names; None where neither is set."""
    return Environment().text(name) or None


CONFIGURATION = Watcher()
