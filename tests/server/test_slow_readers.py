"""A client that stops reading stops the sender, not the memory."""

from __future__ import annotations

import base64
import time

from tests.server.conftest import Stand

MEGABYTE = 1024 * 1024
UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(b"k" * 16) + b"\r\n\r\n"
)


def settled(stand: Stand) -> int:
    """How many megabytes were sent when nothing more has been for a while."""
    quiet = 0
    while quiet < 5:
        before = len(stand.said)
        time.sleep(0.1)
        while not stand.lines.empty():
            stand.said.append(stand.lines.get())
        quiet = quiet + 1 if len(stand.said) == before else 0
    return sum(line.startswith("sent") for line in stand.said)


def test_an_answer_waits_for_its_reader(stand: Stand) -> None:
    before = stand.memory()
    with stand.connect(b"GET /stream/300/0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 65536):
        stand.wait_for("sent")
        assert settled(stand) < 20
        assert stand.memory() - before < 20 * MEGABYTE


def test_a_slow_reader_gets_everything(stand: Stand) -> None:
    with stand.connect(
        b"GET /stream/30/0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 65536
    ) as connection:
        received = 0
        while part := connection.recv(65536):
            received += len(part)
    assert received > 30 * MEGABYTE


def test_a_socket_waits_for_its_reader(stand: Stand) -> None:
    before = stand.memory()
    with stand.connect(UPGRADE, 65536):
        stand.wait_for("sent")
        assert settled(stand) < 20
        assert stand.memory() - before < 20 * MEGABYTE


def test_one_that_leaves_lets_the_sender_go(stand: Stand) -> None:
    with stand.connect(b"GET /stream/300/0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 65536):
        stand.wait_for("sent")
        settled(stand)
    stand.wait_for("finished")
