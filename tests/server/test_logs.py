"""Both kinds of loggers end in the same line, without keys."""

from __future__ import annotations

import logging

import pytest
import structlog

from thinkback.logs import Formatter


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
