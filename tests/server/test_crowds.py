"""A hundred readers who do not read, and bodies far beyond the limit, cost the server little memory."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.world import World, small_world

MEGABYTE = 1024 * 1024
READERS, EACH = 100, 32 * MEGABYTE  # a third of it waits in sockets
PATIENCE = 240  # seconds
LIMITS = "requests_per_minute=1000,tokens_per_minute=1000000000,streams=1000"


def post(world: World, body: bytes, length: int) -> socket.socket:
    """Send a request, or the beginning of one of this length, on a connection that takes little."""
    head = f"POST /api/proxy/openai/v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
    head += f"Authorization: Bearer {world.token}\r\nContent-Type: application/json\r\n\r\n"
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", world.server.port))
    connection.sendall(head.encode() + body)
    return connection


def settled(world: World) -> int:
    """How many bytes the provider has sent when it sends no more."""
    before, end = -1, time.monotonic() + PATIENCE
    while (now := world.stats()["bytes_sent"]) - before > MEGABYTE // 4:  # telling its counts counts as well
        assert time.monotonic() < end, "the provider never stops sending"
        before = now
        time.sleep(2)
    return now


@pytest.mark.slow
def test_a_hundred_who_do_not_read(tmp_path: Path) -> None:
    messages = [{"role": "user", "content": "hi"}]
    plan = f"plan:chunks={EACH // 65536},size=65536"
    body = json.dumps({"model": plan, "stream": True, "messages": messages}).encode()
    with small_world(tmp_path / "data", THINKBACK_LIMITS=LIMITS) as world, ExitStack() as held:
        world.add("openai")
        before = world.server.memory()
        connections = [held.enter_context(post(world, body, len(body))) for _ in range(READERS)]
        for connection in connections:
            assert connection.recv(12) == b"HTTP/1.1 200"
        assert settled(world) < READERS * EACH / 2, "the provider waits for them"
        assert world.server.memory() - before < 200 * MEGABYTE
        assert world.stats()["active"] == READERS


def test_a_body_of_150_megabytes(tmp_path: Path) -> None:
    with small_world(tmp_path / "data") as world:
        world.add("openai")
        before, length = world.server.memory(), 150 * MEGABYTE
        with post(world, b"{", length) as connection:
            piece, sent, grown = b" " * MEGABYTE, 0, 0
            try:
                while sent < length:
                    connection.sendall(piece)
                    sent += len(piece)
                    grown = max(grown, world.server.memory() - before)
            except ConnectionError:
                pass  # it does not read what it refused
            if sent == 0:
                raise AssertionError("nothing could be sent")
        assert max(grown, world.server.memory() - before) < 10 * MEGABYTE
        with post(world, b"{", length) as connection:
            assert connection.recv(12) == b"HTTP/1.1 413"
        assert world.stats()["requests"] == 0
