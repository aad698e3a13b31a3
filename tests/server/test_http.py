"""Our own HTTP/1.1: what is no request is refused, what is one is answered in order, and none is taken for another."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

import pytest

from tests.server.conftest import Stand, everything

HOST = b"Host: localhost\r\n"
CLOSE = b"Connection: close\r\n"


@pytest.fixture(scope="module")
def ours() -> Iterator[Stand]:
    """One server for all of this file."""
    found = Stand("daphne")
    yield found
    found.close()


def asked(stand: Stand, *requests: bytes) -> bytes:
    """What is answered until the connection ends."""
    with stand.connect(b"".join(requests)) as connection, contextlib.suppress(ConnectionResetError):
        return everything(connection)
    return b""


def get(path: bytes, *headers: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    return method + b" " + path + b" HTTP/" + version + b"\r\n" + HOST + b"".join(headers) + b"\r\n"


def post(*headers: bytes, body: bytes = b"") -> bytes:
    return b"POST /echo HTTP/1.1\r\n" + HOST + b"".join(headers) + b"\r\n" + body


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(
            post(b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", body=b"0\r\n\r\n"), id="both lengths"
        ),
        pytest.param(
            post(b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", body=b"0\r\n\r\n"), id="both, turned"
        ),
        pytest.param(post(b"Content-Length: 3\r\nContent-Length: 3\r\n", body=b"abc"), id="two lengths"),
        pytest.param(post(b"Content-Length: 3, 3\r\n", body=b"abc"), id="a list of lengths"),
        pytest.param(post(b"Content-Length: +3\r\n", body=b"abc"), id="a signed length"),
        pytest.param(post(b"Transfer-Encoding: gzip, chunked\r\n", body=b"0\r\n\r\n"), id="another encoding"),
        pytest.param(post(b"Transfer-Encoding: xchunked\r\n", body=b"0\r\n\r\n"), id="an unknown encoding"),
        pytest.param(post(b"Transfer-Encoding: chunked\r\n", body=b"0x3\r\nabc\r\n0\r\n\r\n"), id="a strange chunk"),
        pytest.param(get(b"/", b"A: b\r\n c\r\n"), id="a folded line"),
        pytest.param(get(b"/", b"A : b\r\n"), id="a space before the colon"),
        pytest.param(get(b"/", b"A: b\x00c\r\n"), id="a null"),
        pytest.param(get(b"/", b"A: b\rc\r\n"), id="a bare carriage return"),
        pytest.param(b"GET / HTTP/1.1\nHost: localhost\n\n", id="bare line feeds"),
        pytest.param(get(b"/", HOST), id="two hosts"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(get(b"/a#b"), id="a fragment"),
        pytest.param(get(b"/", method=b"NONSENSE"), id="an unknown method"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00", id="TLS"),
    ],
)
def test_what_is_no_request(ours: Stand, request_: bytes) -> None:
    head, _, body = asked(ours, request_, get(b"/smuggled", CLOSE)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in head
    assert json.loads(body)["error"]["type"] == "invalid_request"  # and nothing behind it


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get(b"/", b"A: " + b"b" * 200_000 + b"\r\n"), b"431"),
        (get(b"/", b"".join(b"A%d: b\r\n" % number for number in range(200))), b"431"),
        (get(b"/", version=b"2.0"), b"505"),
        (get(b"localhost:1", method=b"CONNECT"), b"405"),
    ],
)
def test_what_is_not_served(ours: Stand, request_: bytes, status: bytes) -> None:
    assert asked(ours, request_).startswith(b"HTTP/1.1 " + status)


def test_requests_are_answered_in_order(ours: Stand) -> None:
    slow = get(b"/stream/1/0.1")
    lengths = [post(b"Content-Length: %d\r\n" % size, body=b"x" * size) for size in range(30)]
    answer = asked(ours, slow, *lengths, get(b"/echo", CLOSE))
    bodies = [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies[0].endswith(b"end\r\n0\r\n\r\n")
    assert bodies[1:] == [str(size).encode() for size in range(30)] + [b"0"]


def test_a_refusal_waits_for_its_turn(ours: Stand) -> None:
    answer = asked(ours, get(b"/stream/1/0.1"), b"nonsense\r\n\r\n")
    first, _, last = answer.rpartition(b"HTTP/1.1 ")
    assert first.endswith(b"end\r\n0\r\n\r\n")
    assert last.startswith(b"400")


def test_a_request_byte_by_byte(ours: Stand) -> None:
    with ours.connect(b"") as connection:
        for byte in post(b"Content-Length: 5\r\n", CLOSE, body=b"hello"):
            connection.send(bytes([byte]))
        assert everything(connection).endswith(b"\r\n\r\n5")


def test_an_invitation_is_waited_for(ours: Stand) -> None:
    with ours.connect(post(b"Content-Length: 5\r\nExpect: 100-continue\r\n", CLOSE)) as connection:
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert everything(connection).endswith(b"\r\n\r\n5")


def test_nobody_is_invited_who_has_sent(ours: Stand) -> None:
    answer = asked(ours, post(b"Content-Length: 5\r\nExpect: 100-continue\r\n", CLOSE, body=b"hello"))
    assert answer.startswith(b"HTTP/1.1 200")


def test_an_unread_body_is_no_request(ours: Stand) -> None:
    body = get(b"/smuggled")
    head = b"POST /status/200 HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(body)
    assert asked(ours, head, body, get(b"/echo", CLOSE)).count(b"HTTP/1.1 ") == 2


def test_an_answer_before_the_end_of_the_body_is_read(ours: Stand) -> None:
    head = b"POST /status/200 HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Length: 2000000\r\n\r\n"
    with ours.connect(head + b"x" * 100_000) as connection:
        connection.sendall(b"x" * 500_000)
        assert b"words" in everything(connection)


@pytest.mark.parametrize("status", [204, 304])
def test_no_body_where_none_may_be(ours: Stand, status: int) -> None:
    answer = asked(ours, get(b"/status/%d" % status), get(b"/echo", CLOSE))
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head
    assert rest.startswith(b"HTTP/1.1 200")


def test_no_body_for_head(ours: Stand) -> None:
    answer = asked(ours, get(b"/length/5", method=b"HEAD"), get(b"/echo", CLOSE))
    head, _, rest = answer.partition(b"\r\n\r\n")
    assert b"content-length: 5" in head
    assert rest.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("promised", [4, 6])
def test_a_promise_that_is_not_kept_ends_the_connection(ours: Stand, promised: int) -> None:
    answer = asked(ours, get(b"/length/%d" % promised), get(b"/echo", CLOSE))
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert not answer.endswith(b"words") or promised == 6


def test_old_clients_get_no_chunks(ours: Stand) -> None:
    answer = asked(ours, get(b"/stream/1/0", version=b"1.0"))
    assert b"transfer-encoding" not in answer
    assert answer.endswith(b"end")


def test_half_an_answer_to_an_old_client_is_a_reset(ours: Stand) -> None:
    with ours.connect(get(b"/break/abort", version=b"1.0")) as connection, pytest.raises(ConnectionResetError):
        everything(connection)


def test_an_upgrade_that_nobody_knows_is_passed_over(ours: Stand) -> None:
    answer = asked(ours, get(b"/echo", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"))
    assert answer.startswith(b"HTTP/1.1 200")
