"""SIGTERM while a stream is read on for nobody: the server does not wait for it, and the ledger tells what was seen."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.world import World, small_world

SECONDS = 60  # for which a stream may be read on
SOON = 10.0  # what is promised; an idle machine needs a tenth of it


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server whose one provider reads on for long."""
    with small_world(tmp_path / "data") as world:
        world.add("openai", retries=0, drain_seconds=SECONDS)
        yield world


def begin(world: World) -> socket.socket:
    """An endless stream of which the first word has come."""
    body = {"model": "plan:chunks=100000,gap=50", "stream": True, "messages": [{"role": "user", "content": "x"}]}
    content = json.dumps(body).encode()
    head = (
        f"POST /api/proxy/openai/v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{world.server.port}\r\n"
        f"Authorization: Bearer {world.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    reader = socket.create_connection(("127.0.0.1", world.server.port), timeout=40)
    reader.sendall(head.encode() + content)
    seen = b""
    while b"00000" not in seen:
        seen += reader.recv(65536)
    return reader


def is_read_on(world: World) -> bool:
    """Whether the stream is still open at the server."""
    return "thinkback_open_streams 1.0" in world.api("GET", "/metrics")


def only(world: World) -> dict[str, Any]:
    """The record of the stream, as the next server finds it."""
    world.server.start()
    (row,) = [row for row in world.records() if row["operation"] == "chat"]
    return row


def check(row: dict[str, Any], status: str) -> None:
    """Closed by the server that left, with what was seen."""
    assert (row["status"], row["error_type"], row["tokens_source"]) == (status, None, "estimate")
    assert row["finished_at"] is not None and row["output_tokens"] > 0 and row["input_tokens"] > 0


def test_one_that_is_read_on_for_nobody_is_ended(world: World) -> None:
    begin(world).close()
    world.server.wait_for_log("/api/proxy/openai/v1/chat/completions")  # told when the reader has left
    assert is_read_on(world)
    begun = time.monotonic()
    assert world.server.stop() == 0
    assert time.monotonic() - begun < SOON
    check(only(world), "cancelled")


@pytest.mark.slow
def test_one_whose_reader_stays_to_the_end_is_not_read_on_afterwards(world: World) -> None:
    with begin(world):
        begun = time.monotonic()
        assert world.server.stop() == 0
        assert time.monotonic() - begun < SECONDS / 2, "eight seconds for its reader, and none for nobody"
    check(only(world), "interrupted")
