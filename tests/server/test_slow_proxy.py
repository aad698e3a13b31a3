"""A program that stops reading makes the proxy stop, and its leaving is noticed."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

from tests.world import World, small_world

MEGABYTE = 1024 * 1024
LENGTH = 64 * MEGABYTE


def ask(world: World, slug: str) -> socket.socket:
    """Ask for a long answer on a connection that takes little."""
    messages = [{"role": "user", "content": "hi"}]
    body = json.dumps({"model": "plan:chunks=1024,size=65536", "stream": True, "messages": messages}).encode()
    head = f"POST /api/proxy/custom/{slug}/v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Authorization: Bearer {world.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.connect(("127.0.0.1", world.server.port))
    connection.sendall(head.encode() + body)
    return connection


def settled(world: World) -> int:
    """How many bytes the provider has sent when it has sent no more for a while."""
    sent, quiet, end = -1, 0, time.monotonic() + 30
    while quiet < 5:
        assert time.monotonic() < end, "the provider never stops sending"
        time.sleep(0.1)
        now = world.stats()["bytes_sent"]
        idle = now - sent < MEGABYTE and now > MEGABYTE // 10  # telling its counts counts as well
        sent, quiet = now, quiet + 1 if idle else 0
    return sent


def test_the_upstream_waits_too(tmp_path: Path) -> None:
    with small_world(tmp_path / "data") as world:
        slug = world.add("custom", name="Fake", format="openai")
        before = world.server.memory()
        with ask(world, slug) as connection:
            assert settled(world) < LENGTH / 2
            assert world.server.memory() - before < 20 * MEGABYTE
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
        end = time.monotonic() + 10
        while world.stats()["aborted"] == 0:
            assert time.monotonic() < end, world.stats()
            time.sleep(0.05)
        while (status := world.records()[0]["status"]) == "started":
            assert time.monotonic() < end
        assert status == "cancelled"
