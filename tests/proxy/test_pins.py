"""A call to a service over TLS whose certificate is pinned: all the way, with a certificate of the test's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from providers import Network
from tests.providers.certificates import serving, trusting
from tests.providers.raw import OK, Server, read_request, server
from tests.providers.test_tls import pin
from tests.proxy.client import chat, fetch
from tests.proxy.host import FakeHost

SAID = json.dumps({"choices": [{"message": {"content": "Hi"}}]}).encode()
HERE = "127.0.0.1"


class Service:
    """A service over TLS, and what it has read."""

    def __init__(self) -> None:
        self.read: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.read.append(await read_request(reader))
        writer.write(OK + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(SAID) + SAID)
        await writer.drain()
        await reader.read()


@pytest.fixture
async def service() -> AsyncIterator[tuple[Service, Server]]:
    """It, at its address."""
    found = Service()
    async with server(found.answer, serving()) as there:
        yield found, there


@pytest.fixture
async def pinned(host: FakeHost, service: tuple[Service, Server]) -> FakeHost:
    """Alice's site, whose openai is that service."""
    await host.network.aclose()
    host.url = service[1].url.rstrip("/")
    host.network = Network(frozenset({f"{HERE}:{service[1].port}"}), verify=trusting(HERE))
    host.connect("openai")
    return host


def set_pins(host: FakeHost, *pins: str, retries: int = 0) -> None:
    """Pin the certificate."""
    host.connections["openai"] = replace(host.connections["openai"], pins=pins, retries=retries)


async def test_the_right_certificate_is_spoken_to(pinned: FakeHost, service: tuple[Service, Server]) -> None:
    set_pins(pinned, pin())
    reply = await fetch(pinned, body=chat(stream=False))
    assert (reply.status, reply.body, len(service[0].read)) == (200, SAID, 1)


async def test_another_one_gets_nothing(pinned: FakeHost, service: tuple[Service, Server]) -> None:
    set_pins(pinned, pin("other.example"), retries=2)
    reply = await fetch(pinned, body=chat(stream=False))
    assert (reply.status, reply.headers["x-thinkback-error"]) == (502, "network_error")
    assert "not among its pins" in reply.json()["error"]["message"]
    assert service[0].read in ([], [b""]) and service[1].connections == 1  # nothing said, and not asked again
    row = pinned.ledger.only
    assert (row.status, row.error_type, row.http_status) == ("error", "network_error", None)


async def test_a_mismatch_does_not_trip_the_breaker(pinned: FakeHost, service: tuple[Service, Server]) -> None:
    set_pins(pinned, pin("other.example"))
    for _ in range(12):
        assert (await fetch(pinned, body=chat(stream=False))).status == 502
    set_pins(pinned, pin())
    assert (await fetch(pinned, body=chat(stream=False))).status == 200
