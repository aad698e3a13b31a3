"""Both kinds of loggers end in the same line, without keys."""

from __future__ import annotations

import asyncio
import io
import logging
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from thinkback.logs import Formatter, Lines
from thinkback.serving import access_log

EXIT = """
import asyncio, logging.config
from thinkback.logs import LOGGING
from thinkback.serving import access_log
async def main():
    access_log.tell({"method": "GET", "path": "/last"}, 200, 0.0)
    asyncio.get_running_loop().stop()
logging.config.dictConfig(LOGGING)
loop = asyncio.new_event_loop()
loop.create_task(main())
loop.run_forever()
"""


def test_facts_come_after_the_words(caplog: pytest.LogCaptureFixture) -> None:
    structlog.get_logger("thinkback.test").warning("ledger is behind", rows=3, share="50%")
    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("thinkback.test", "ledger is behind rows=3 share=50%")
    ]


def test_every_line_has_its_own_time() -> None:
    formatter = Formatter("{asctime}", style="{")
    record = logging.LogRecord("x", logging.INFO, "", 0, "", (), None)
    for seconds in (0, 1, 1, 0):
        record.created, record.msecs = 1_800_000_000 + seconds, 7.0
        assert formatter.format(record).endswith(f":{seconds:02},007")


def test_tracebacks_are_kept_and_keys_are_not() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "the key is %s", ("sk-canarycanarycanary",), None)
    try:
        raise ValueError("tb_canarycanarycanary")
    except ValueError as error:
        record.exc_info = (type(error), error, error.__traceback__)
    text = Formatter().format(record)
    assert "ValueError" in text
    assert "canary" not in text


class Stream(io.StringIO):
    """Counts how often it is written to."""

    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        return super().write(text)


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Callable[[], Stream]:
    """Makes ours the log's only handler, as in a server, and returns what it writes to; pytest adds its own before."""

    def alone() -> Stream:
        caplog.set_level(logging.INFO, "thinkback")
        stream = Stream()
        monkeypatch.setattr(sys, "stderr", stream)
        lines = Lines()
        lines.setFormatter(Formatter("{asctime} {levelname} {name}: {message}", style="{"))
        monkeypatch.setattr(logging.root, "handlers", [lines])
        return stream

    return alone


def tell(path: str) -> None:
    access_log.tell({"method": "GET", "path": path}, 200, 0.0)


def words(stream: Stream) -> list[str]:
    """The third column on, without the milliseconds at the end."""
    return [re.sub(r" \d+ ms$", "", line.split(" ", 2)[2]) for line in stream.getvalue().splitlines()]


async def test_one_turn_of_the_loop_is_one_write(listen: Callable[[], Stream]) -> None:
    stream = listen()
    tell("/a")
    tell("/b")
    assert stream.getvalue() == ""
    await asyncio.sleep(0)
    assert words(stream) == ["INFO thinkback.access: GET /a 200", "INFO thinkback.access: GET /b 200"]
    assert stream.writes == 1


async def test_lines_stay_in_order(listen: Callable[[], Stream]) -> None:
    stream = listen()
    tell("/a")
    await asyncio.to_thread(logging.getLogger("thinkback.x").warning, "between")
    tell("/b")
    await asyncio.sleep(0)
    assert [line.split()[-1] for line in words(stream)] == ["200", "between", "200"]


async def test_a_line_of_the_access_log_looks_like_any_other(listen: Callable[[], Stream]) -> None:
    stream = listen()
    tell("/a")
    logging.getLogger("thinkback.access").info("GET /a 200 1 ms")
    first, second = (re.sub(r"\d", "0", line).rpartition(" 000 ")[0] for line in stream.getvalue().splitlines())
    assert first == second


def test_without_a_loop_it_is_written_at_once(listen: Callable[[], Stream]) -> None:
    stream = listen()
    tell("/a")
    assert len(words(stream)) == 1


async def test_nobody_is_troubled_when_the_log_is_gone(listen: Callable[[], Stream]) -> None:
    stream = listen()
    stream.close()
    tell("/a")
    logging.root.handlers[0].flush()


def test_what_the_loop_did_not_come_to_is_written_at_the_end() -> None:
    command: Any = [sys.executable, "-c", EXIT]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "INFO thinkback.access: GET /last 200" in ended.stderr
