"""What services say over HTTP/1.1, rightly and wrongly, and what comes of it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import InvalidRequest, NetworkFailed, Pool
from providers._transport.incoming import Incoming
from tests.providers.raw import OK, ask, chunked, network, read_request, says, server, until, whole

RECORDED = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream \r\nx-request-id: req_1\r\nTransfer-Encoding: chunked\r\n\r\n"
    + chunked([b'data: {"a": 1}\n\n', "data: 你好🦀\n\n".encode(), b"data: [DONE]\n\n"], b"x-cost: 3\r\n")
)
BODY = b'data: {"a": 1}\n\n' + "data: 你好🦀\n\n".encode() + b"data: [DONE]\n\n"


def read(pieces: list[bytes]) -> Incoming:
    answer = Incoming(bare=False)
    for piece in pieces:
        answer.feed(piece)
    return answer


def test_an_answer_split_at_any_byte_is_the_same() -> None:
    for at in range(1, len(RECORDED)):
        answer = read([RECORDED[:at], RECORDED[at:]])
        assert (answer.status, answer.take(), answer.ended, answer.reusable) == (200, BODY, True, True)
        assert answer.headers[0] == (b"Content-Type", b"text/event-stream") and len(answer.headers) == 3


def test_an_answer_in_single_bytes_is_the_same() -> None:
    answer = read([RECORDED[at : at + 1] for at in range(len(RECORDED))])
    assert (answer.status, answer.take(), answer.ended) == (200, BODY, True)


async def over_the_wire(pieces: list[bytes]) -> bytes:
    async with server(says(*pieces)) as there, network(there) as net:
        return (await whole(net, there.url))[1]


FRAMES: list[Callable[[list[bytes]], bytes]] = [
    lambda parts: OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(parts),
    lambda parts: OK + b"Content-Length: %d\r\n\r\n%s" % (len(b"".join(parts)), b"".join(parts)),
    lambda parts: OK + b"\r\n" + b"".join(parts),
    lambda parts: b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\n" + b"".join(parts),
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=8), st.sampled_from(FRAMES), st.sets(st.integers(1, 900), max_size=9))
def test_any_answer_in_any_pieces_arrives_byte_for_byte(
    parts: list[bytes], frame: Callable[[list[bytes]], bytes], cuts: set[int]
) -> None:
    raw = frame(parts)
    places = sorted(cut for cut in cuts if cut < len(raw))
    pieces = [raw[start:end] for start, end in zip([0, *places], [*places, len(raw)], strict=True)]
    assert asyncio.run(over_the_wire(pieces)) == b"".join(parts)


@pytest.mark.parametrize(
    ("said", "status", "body"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 P\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok", 200, b"ok"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, b""),
        (b"HTTP/1.1 429\r\nContent-Length: 2\r\n\r\nno", 429, b"no"),  # no reason
        (OK + b"Content-Length: 2 \r\nConnection: close\r\n\r\nok", 200, b"ok"),
        (OK + b"Transfer-Encoding: Chunked\r\n\r\n2;name=value\r\nok\r\n0\r\nTrailer: 1\r\n\r\n", 200, b"ok"),
        (OK + b"\r\nuntil it closes", 200, b"until it closes"),
        (b"HTTP/1.1 103 E\r\nContent-Length: 5\r\n\r\n" + OK + b"\r\nuntil it closes", 200, b"until it closes"),
    ],
)
async def test_proper_answers(said: bytes, status: int, body: bytes) -> None:
    async with server(says(said)) as there, network(there) as net:
        assert await whole(net, there.url) == (status, body)


async def test_the_answer_to_a_head_has_no_body() -> None:
    async with server(says(OK + b"Content-Length: 1000\r\n\r\n", stay=True)) as there, network(there) as net:
        for _ in range(2):
            assert await whole(net, there.url, "HEAD") == (200, b"")
        assert (there.connections, net.pool()) == (1, Pool(busy=0, idle=1))


IMPROPER = {
    "not HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "garbage before the status line": b"oops\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/2": b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "length and coding": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "coding and length": OK + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    "a list of lengths": OK + b"Content-Length: 2, 2\r\n\r\nok",
    "a negative length": OK + b"Content-Length: -2\r\n\r\nok",
    "a length beyond numbers": OK + b"Content-Length: 99999999999999999999999\r\n\r\nok",
    "a coding not asked for": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "an unknown last coding": OK + b"Transfer-Encoding: chunked, gzip\r\n\r\nok",
    "a coding named twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": OK + b"Content-Length : 2\r\n\r\nok",
    "a folded field": OK + b"A: b\r\n c\r\nContent-Length: 2\r\n\r\nok",
    "a NUL in a field": OK + b"A: b\0c\r\nContent-Length: 2\r\n\r\nok",
    "a bare CR in a field": OK + b"A: b\rc\r\nContent-Length: 2\r\n\r\nok",
    "a line without a colon": OK + b"Nonsense\r\nContent-Length: 2\r\n\r\nok",
    "an endless status line": b"HTTP/1.1 200 " + b"O" * 200_000,
    "an endless field": OK + b"A: " + b"b" * 200_000,
    "too large a head": OK + (b"A: " + b"b" * 1000 + b"\r\n") * 70 + b"Content-Length: 2\r\n\r\nok",
    "too many fields": OK + b"A: b\r\n" * 300 + b"\r\n",
    "endless early words": b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" * 5000,
}


@pytest.mark.parametrize("said", IMPROPER.values(), ids=IMPROPER)
async def test_improper_answers_are_refused(said: bytes) -> None:
    async with server(says(said, b"")) as there, network(there) as net:
        with pytest.raises(NetworkFailed, match="did not answer in proper HTTP") as failed:
            await whole(net, there.url)
        assert not failed.value.unsent and net.pool() == Pool(0, 0)


BROKEN_BODIES = {
    "a wrong chunk size": b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nxyz\r\n",
    "a chunk longer than it said": b"Transfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
    "a chunk size beyond numbers": b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nFFFFFFFFFFFFFFFFFF\r\n",
    "an endless chunk extension": b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n2;" + b"a" * 300_000,
    "an endless trailer": b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n" + b"A: b\r\n" * 50_000,
    "a cut chunk": b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n5\r\nab",
    "no last chunk": b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    "half the last chunk": b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
    "a shorter body than it said": b"Content-Length: 3\r\n\r\nok",
}


@pytest.mark.parametrize("said", BROKEN_BODIES.values(), ids=BROKEN_BODIES)
async def test_a_broken_body_gives_what_came_and_then_fails(said: bytes) -> None:
    async with server(says(OK + said[:53], said[53:])) as there, network(there) as net:
        response = await ask(net, there.url)
        arrived = b""
        with pytest.raises(NetworkFailed):
            async for chunk in response.stream:  # type: ignore[union-attr]
                arrived += chunk
        assert arrived.startswith(b"ok") and net.pool() == Pool(0, 0)


async def test_a_body_without_end_that_is_reset_is_no_whole_body() -> None:
    async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(OK + b"\r\npart")
        await asyncio.sleep(0.02)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with server(resets) as there, network(there) as net:
        response = await ask(net, there.url)
        with pytest.raises(NetworkFailed):
            await response.aread()


async def test_what_one_read_brings_is_one_chunk() -> None:
    said = OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunked([b"%03d" % number for number in range(200)])
    async with server(says(said)) as there, network(there) as net:
        response = await ask(net, there.url)
        chunks = [chunk async for chunk in response.stream]  # type: ignore[union-attr]
        assert len(b"".join(chunks)) == 600 and len(chunks) < 5


async def test_a_header_cannot_smuggle_another() -> None:
    async with server(says(OK + b"Content-Length: 0\r\n\r\n")) as there, network(there) as net:
        for value in (b"a\r\nX: y", b"a\nX: y", b"a\rX: y", b"a\0"):
            with pytest.raises(InvalidRequest, match="line break"):
                await whole(net, there.url, headers=[(b"Key", value)])
        with pytest.raises(InvalidRequest, match="line break"):
            await whole(net, there.url, "GET / HTTP/1.1\r\nX: y\r\n\r\nGET")
        assert there.connections == 0


async def test_a_request_is_written_as_it_was_given() -> None:
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(3):
            seen.append(await read_request(reader))
            writer.write(OK + b"Content-Length: 0\r\n\r\n")

    async def parts() -> object:
        yield b"a"
        yield b"b"

    async with server(serve) as there, network(there) as net:
        await whole(net, there.url + "v1/a%2Fb?q=%41", headers={"X-Key": "k", "Content-Length": "99"}, content=b"body")
        await whole(net, there.url, content=parts())
        await whole(net, there.url, "GET")
    host = b"Host: 127.0.0.1:%d\r\n" % there.port
    assert seen[0] == b"POST /v1/a%2Fb?q=%41 HTTP/1.1\r\n" + host + b"X-Key: k\r\nContent-Length: 4\r\n\r\nbody"
    assert seen[1] == b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 2\r\n\r\nab"
    assert seen[2] == b"GET / HTTP/1.1\r\n" + host + b"\r\n"


@pytest.mark.parametrize("state", ["connecting", "head", "body"])
async def test_whoever_is_cancelled_closes_the_connection(state: str) -> None:
    heard = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        if state == "body":
            writer.write(OK + b"Content-Length: 5\r\n\r\nhi")
        heard.set()
        await reader.read()

    async def slow(host: str, port: int) -> list[str]:
        heard.set()
        await asyncio.sleep(60)
        return []

    async with server(serve) as there, network(there, resolver=slow) as net:
        url = f"http://slow.example:{there.port}/" if state == "connecting" else there.url
        net.carrier.guard.private |= {f"slow.example:{there.port}"}  # type: ignore[attr-defined]
        task = asyncio.create_task(whole(net, url))
        await heard.wait()
        await asyncio.sleep(0)
        assert net.pool().busy == (state != "connecting")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert net.pool() == Pool(0, 0)
        await until(lambda: there.open == 0)


async def test_a_closed_body_says_so() -> None:
    async with server(says(OK + b"Content-Length: 5\r\n\r\nhi", b"")) as there, network(there) as net:
        response = await ask(net, there.url)
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        await response.aclose()
        with pytest.raises(NetworkFailed):
            async for _ in stream:
                pass
