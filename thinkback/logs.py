"""What is logged and how: one line to stderr, with anything that looks like a key blotted out."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import deque
from contextlib import suppress
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict

from providers import KEYS, MARK

ACCESS = "thinkback.access"  # the logger of one line per request, which serving.access_log makes
# A last line of defence: nothing should hand a key to a log in the first place. Google's stands in the query.
KEY = re.compile(rf"{KEYS}|(?<=[?&]key=)[^&\s\"']+|(?<=Bearer )\S+")


def redacted(text: str) -> str:
    """A text without anything that looks like a key or token."""
    return KEY.sub(MARK, text)


class Formatter(logging.Formatter):
    """One line per record, tracebacks included beneath, keys blotted out."""

    second = 0
    shown = ""

    def format(self, record: logging.LogRecord) -> str:
        """The finished text of a record."""
        text = super().format(record)
        return text if record.name == ACCESS else redacted(text)  # those lines are many, and clean already

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """Date and time with milliseconds."""
        return self.clock(int(record.created), int(record.msecs))

    def clock(self, second: int, milliseconds: int) -> str:
        """The same, of a second since 1970; the calendar is asked once for each."""
        if second != self.second:
            self.second, self.shown = second, time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(second))
        return f"{self.shown},{milliseconds:03}"


class Lines(logging.StreamHandler[TextIO]):
    """Writes to stderr: records at once, the access log once in a turn of the event loop. All stay in order."""

    def __init__(self) -> None:
        super().__init__()
        self._gathered: deque[str] = deque()  # which one thread may fill while another one empties it
        self._clock = Formatter().clock

    def gather(self, text: str) -> None:
        """Take a line of the access log, clean already. No record is made of it, for they are many."""
        now = time.time()
        second = int(now)
        self._gathered.append(f"{self._clock(second, int((now - second) * 1000))} INFO {ACCESS}: {text}\n")
        if len(self._gathered) == 1:
            try:
                asyncio.get_running_loop().call_soon(self.flush)
            except RuntimeError:  # the loop is gone
                self.flush()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, behind what was told before."""
        self.flush()
        super().emit(record)

    def flush(self) -> None:
        """Write what is gathered; logging itself calls this at the end of the process."""
        self.acquire()
        try:
            lines = [self._gathered.popleft() for _ in range(len(self._gathered))]
            with suppress(OSError, ValueError):  # whoever read them is gone
                if lines:
                    self.stream.write("".join(lines))
                super().flush()
        finally:
            self.release()


def line(logger: object, method: str, event: EventDict) -> tuple[tuple[str], dict[str, Any]]:
    """structlog's last step: one text for the standard library's loggers, the facts after the words."""
    words, trouble = str(event.pop("event", "")), event.pop("exc_info", None)
    facts = " ".join(f"{name}={value}" for name, value in event.items())
    return (f"{words} {facts}".rstrip(),), {"exc_info": trouble}


structlog.configure(
    processors=[structlog.contextvars.merge_contextvars, line],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "thinkback.logs.Formatter", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"stderr": {"class": "thinkback.logs.Lines", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "thinkback": {"level": "INFO"},
        "proxy": {"level": "INFO"},
        "providers": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # 4xx are in the access log already
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # any stranger can provoke one: 400 in the access log
        "daphne": {"level": "ERROR"},
        "channels": {"level": "WARNING"},
    },
}
