"""SIGTERM: open streams end, those that take too long are cancelled, services stop in reverse, all of it in time."""

from __future__ import annotations

import signal
import socket
import time

import pytest

from tests.server.conftest import Stand, everything
from thinkback.serving.lifecycle import DRAIN, EXIT


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_leaves_at_once(stand: Stand, number: signal.Signals) -> None:
    begun = time.monotonic()
    stand.process.send_signal(number)
    said = stand.remaining()
    assert time.monotonic() - begun < DRAIN
    said = [line for line in said if line.startswith("st")]
    assert said == [
        "start ledger",
        "start jobs",
        "stop jobs",
        "stop ledger",
    ]


def test_an_open_stream_is_finished_first(stand: Stand) -> None:
    with stand.connect(b"GET /stream/4/0.2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") as connection:
        stand.wait_for("sent")
        stand.process.send_signal(signal.SIGTERM)
        assert everything(connection).endswith(b"end\r\n0\r\n\r\n")
    said = stand.remaining()
    assert said.index("finished") < said.index("stop ledger")


@pytest.mark.slow
def test_an_endless_stream_is_cancelled_in_time(stand: Stand) -> None:
    with stand.connect(b"GET /stream/1000/0.2 HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        stand.wait_for("sent")
        begun = time.monotonic()
        stand.process.send_signal(signal.SIGTERM)
        everything(connection)
        said = stand.remaining()
    assert time.monotonic() - begun < EXIT + 2
    assert said.index("cancelled") < said.index("stop ledger")


def test_no_new_connection_meanwhile(stand: Stand) -> None:
    with stand.connect(b"GET /stream/5/0.2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") as connection:
        stand.wait_for("sent")
        stand.process.send_signal(signal.SIGTERM)
        stand.wait_for("stop jobs")
        with socket.socket() as late, pytest.raises(ConnectionRefusedError):
            late.connect(("127.0.0.1", stand.port))
        everything(connection)
