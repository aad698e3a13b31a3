"""A body over the limit is refused with 413 without being read."""

from __future__ import annotations

import json

from tests.server.conftest import Stand, everything
from thinkback.serving.refusal import MAX_BODY

POST = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


def test_a_declared_size_is_refused_before_the_body_is_sent(stand: Stand) -> None:
    with stand.connect(POST + b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 1)) as connection:
        head, _, body = everything(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413")
    assert b"x-thinkback-error: invalid_request" in head.lower()
    assert json.loads(body)["error"]["type"] == "invalid_request"


def test_it_is_not_invited_either(stand: Stand) -> None:
    head = POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1)
    with stand.connect(head) as connection:
        assert everything(connection).startswith(b"HTTP/1.1 413")


def test_a_client_that_sends_on_can_read_the_answer(stand: Stand) -> None:
    with stand.connect(POST + b"Content-Length: %d\r\n\r\n" % (MAX_BODY * 2)) as connection:
        for _ in range(8):
            connection.sendall(b"x" * 65536)
        assert everything(connection).startswith(b"HTTP/1.1 413")


def test_a_chunked_body_is_counted(stand: Stand) -> None:
    before = stand.memory()
    with stand.connect(POST + b"Transfer-Encoding: chunked\r\n\r\n") as connection:
        part = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        for _ in range(MAX_BODY // 0x100000 + 1):
            connection.sendall(part)
        assert everything(connection).startswith(b"HTTP/1.1 413")
    assert stand.memory() - before < MAX_BODY


def test_what_fits_is_taken_whole(stand: Stand) -> None:
    size = 3_000_000
    with stand.connect(POST + b"Content-Length: %d\r\n\r\n" % size + b"x" * size) as connection:
        assert b"3000000" in everything(connection)
