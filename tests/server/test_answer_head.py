"""The head of an answer: what the application gives, what the server adds, and no line that either did not mean."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from thinkback.serving.http.answer import Answer


class Line(SimpleNamespace):
    """A connection that keeps what is sent."""

    def __init__(self) -> None:
        super().__init__(gone=False, sent=b"", valve=SimpleNamespace(closed=False))

    def write(self, data: bytes) -> None:
        self.sent += data

    def finished(self) -> None:
        """It has ended."""


async def answered(*headers: tuple[bytes, bytes], status: int = 200) -> bytes:
    line: Any = Line()
    answer = Answer(line, "GET", "1.1", closes=False)
    await answer.send({"type": "http.response.start", "status": status, "headers": headers})
    await answer.send({"type": "http.response.body", "body": b"hello"})
    return bytes(line.sent)


async def test_it_is_as_the_application_says() -> None:
    sent = await answered((b"X-One", b"1"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"date", b"now"))
    assert sent == (
        b"HTTP/1.1 200 OK\r\nX-One: 1\r\nset-cookie: a=1\r\nset-cookie: b=2\r\nserver: ThinkBack\r\ndate: now\r\n"
        b"content-length: 5\r\n\r\nhello"
    )


async def test_a_status_without_a_name() -> None:
    assert (await answered(status=299)).startswith(b"HTTP/1.1 299 \r\nserver: ")


@pytest.mark.parametrize("stray", [b"\n", b"\r", b"\r\n", b"\r\nset-cookie: a=1"])
@pytest.mark.parametrize("name", [b"x-one", b"date", b"server"])
async def test_no_header_begins_another_line(name: bytes, stray: bytes) -> None:
    with pytest.raises(ValueError, match="line break"):
        await answered((name, b"1" + stray))


async def test_nor_does_a_name() -> None:
    with pytest.raises(ValueError, match="line break"):
        await answered((b"x\r\ny", b"1"))
