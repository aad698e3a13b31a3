"""An answer that cannot be ended honestly ends without its proper end: never a hanging client, never a whole answer."""

from __future__ import annotations

import contextlib

import pytest

from tests.server.conftest import Stand


def what_arrives(stand: Stand, path: str) -> bytes:
    """Everything until the connection ends, however it does."""
    arrived = b""
    with stand.connect(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()) as connection:
        connection.settimeout(10)
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                arrived += chunk
    return arrived


@pytest.mark.parametrize("path", ["/break/abort", "/break/fail"])
def test_half_an_answer_has_no_end(stand: Stand, path: str) -> None:
    arrived = what_arrives(stand, path)
    assert not arrived.endswith(b"0\r\n\r\n")
    assert b"200" in arrived.partition(b"\r\n")[0] or not arrived


def test_the_server_goes_on(stand: Stand) -> None:
    for _ in range(2):
        what_arrives(stand, "/break/fail")
    with stand.connect(b"GET /else HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") as connection:
        assert b"200" in connection.recv(65536)
