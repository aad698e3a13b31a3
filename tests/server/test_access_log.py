"""The access log tells what happened and no secrets."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

import pytest

from thinkback.logs import redacted
from thinkback.serving.access_log import AccessLog


async def logged(caplog: pytest.LogCaptureFixture, path: str, *messages: dict[str, Any], error: Any = None) -> str:
    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        for message in messages:
            await send(message)
        if error is not None:
            raise error

    async def send(message: dict[str, Any]) -> None: ...

    caplog.set_level(logging.INFO, "thinkback.access")
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"key=canary"}
    with contextlib.suppress(asyncio.CancelledError, ValueError):
        await AccessLog(application)(scope, None, send)
    return " ".join(record.getMessage() for record in caplog.records)


START = {"type": "http.response.start", "status": 201}
END = {"type": "http.response.body", "body": b""}


async def test_what_was_asked_and_answered(caplog: pytest.LogCaptureFixture) -> None:
    line = await logged(caplog, "/api/proxy/google/v1beta/models", START, END)
    assert line.startswith("GET /api/proxy/google/v1beta/models 201 ")
    assert "canary" not in line


async def test_a_client_that_left(caplog: pytest.LogCaptureFixture) -> None:
    assert " 499 " in await logged(caplog, "/x", START, error=asyncio.CancelledError())


async def test_a_crash(caplog: pytest.LogCaptureFixture) -> None:
    assert " 500 " in await logged(caplog, "/x", error=ValueError("no"))


async def test_no_lines_of_a_stranger(caplog: pytest.LogCaptureFixture) -> None:
    assert "\n" not in await logged(caplog, "/x\nGET /forged 200", START, END)


async def test_no_keys_in_a_path(caplog: pytest.LogCaptureFixture) -> None:
    line = await logged(caplog, "/api/proxy/openai/sk-proj-canarycanarycanary", START, END)
    assert line.startswith("GET /api/proxy/openai/")
    assert "canary" not in line


async def test_probes_are_not_worth_a_line(caplog: pytest.LogCaptureFixture) -> None:
    assert await logged(caplog, "/healthz", START, END) == ""


@pytest.mark.parametrize(
    "text",
    [
        "token tb_canarycanarycanary",
        "sk-proj-canarycanarycanary",
        "sk-ant-canarycanarycanary",
        "AIzacanarycanarycanarycanary",
        "/v1beta/models?key=canary",
        "Authorization: Bearer canary",
    ],
)
def test_keys_are_blotted_out(text: str) -> None:
    assert "canary" not in redacted(text)
