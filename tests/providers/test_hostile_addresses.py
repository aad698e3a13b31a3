"""Nothing is ever connected to that a stranger could use this server to reach: the table, at connect time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from providers import HostRefused, NetworkFailed
from providers._transport.http import Network
from tests.providers.hostile_addresses import FORM, LISTED, NAMES, NOT_LISTED, PUBLIC, Hostile
from tests.providers.witness import Witness, watching
from tests.upstream import Reply, Upstream

# These are what they say in spite of their path, or to httpx: to connect there is no danger.
CONNECTABLE = ("https://example.com/", "https://example.com:+443")


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch) -> Iterator[Witness]:
    """One who knows the hostile names."""
    with watching(monkeypatch, **{name: [answer] for name, (answer, _) in NAMES.items()}) as found:
        yield found


@contextlib.asynccontextmanager
async def network(private: str = "") -> AsyncIterator[httpx.AsyncBaseTransport]:
    """A guarded network of its own."""
    net = Network(frozenset(filter(None, private.split(","))))
    try:
        yield net.transport()
    finally:
        await net.aclose()


async def ask(carrier: httpx.AsyncBaseTransport, url: str) -> httpx.Response:
    """Send a GET with short patience."""
    limits = {"connect": 2.0, "read": 2.0, "idle": 2.0}
    return await carrier.handle_async_request(httpx.Request("GET", url, extensions={"timeout": limits}))


def rows(table: list[Hostile]) -> list[str]:
    """The URLs of a table."""
    return [row.url for row in table if not row.url.startswith(CONNECTABLE)]


@pytest.mark.parametrize("url", rows(FORM))
async def test_a_hostile_address_is_never_connected_to(witness: Witness, url: str) -> None:
    async with network() as carrier:
        with pytest.raises((HostRefused, httpx.InvalidURL, UnicodeError)):  # httpx itself refuses some spellings
            await ask(carrier, url)
    assert witness.attempts == []


@pytest.mark.parametrize("host", NAMES)
async def test_a_hostile_name_is_refused_when_it_is_resolved(witness: Witness, host: str) -> None:
    async with network() as carrier:
        with pytest.raises(HostRefused, match="private or reserved"):
            await ask(carrier, f"https://{host}/v1")
    assert (witness.asked, witness.attempts) == ([host], [])


@pytest.mark.parametrize("row", NOT_LISTED, ids=lambda row: row.url)
async def test_a_listed_address_opens_nothing_near_it(witness: Witness, row: Hostile) -> None:
    async with network(LISTED) as carrier:
        with pytest.raises(HostRefused):
            await ask(carrier, row.url)
    assert witness.attempts == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "gpu.example.com"])
async def test_a_listed_address_is_connected_to(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    with watching(monkeypatch, gpu__example__com=[["127.0.0.1"]]) as witness:
        async with network(f"{host}:9") as carrier:
            with pytest.raises(NetworkFailed):
                await ask(carrier, f"http://{host}:9/")
    assert witness.attempts == [("::1" if ":" in host else "127.0.0.1", 9)]


@pytest.mark.parametrize("address", ["169.254.169.254", "168.63.129.16", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"])
async def test_metadata_is_refused_though_listed(witness: Witness, address: str) -> None:
    async with network(f"{address}:80") as carrier:
        with pytest.raises(HostRefused):
            await ask(carrier, f"http://{address}/")
    assert witness.attempts == []


async def test_a_listed_name_that_leads_to_metadata_is_refused(witness: Witness) -> None:
    async with network("metadata.attacker.example:80") as carrier:
        with pytest.raises(HostRefused):
            await ask(carrier, "http://metadata.attacker.example/")
    assert witness.attempts == []


async def test_what_was_checked_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its mind after the check (DNS rebinding) is not asked a second time."""
    with watching(monkeypatch, rebinding__example=[[PUBLIC], ["127.0.0.1"]]) as witness:
        async with network() as carrier:
            with pytest.raises(NetworkFailed) as failed:
                await ask(carrier, "https://rebinding.example/")
            assert not isinstance(failed.value, HostRefused)
            assert (witness.asked, witness.attempts) == (["rebinding.example"], [(PUBLIC, 443)])
            with pytest.raises(NetworkFailed):
                await ask(carrier, "https://rebinding.example/")
    assert {address for address, _ in witness.attempts} == {PUBLIC}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["http://127.0.0.1:{port}/", "http://169.254.169.254/", "https://1.1.1.1/"])
async def test_a_redirect_is_not_followed(monkeypatch: pytest.MonkeyPatch, status: int, location: str) -> None:
    reached = asyncio.Event()

    async def reach(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        writer.close()

    listening = await asyncio.start_server(reach, "127.0.0.1", 0)
    there = location.format(port=listening.sockets[0].getsockname()[1])
    async with Upstream() as upstream, network(upstream.url.removeprefix("http://")) as carrier:
        upstream.reply = Reply([], status, {"location": there}, length=0)
        with watching(monkeypatch) as witness:
            response = await ask(carrier, f"{upstream.url}/v1/models")
            await response.aclose()
        assert (response.status_code, len(upstream.requests)) == (status, 1)
        assert witness.attempts == [("127.0.0.1", upstream.port)]
    listening.close()
    assert not reached.is_set()


async def test_a_location_cannot_add_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare line break inside a header of an answer is no end of it."""
    async with Upstream() as upstream, network(upstream.url.removeprefix("http://")) as carrier:
        upstream.reply = Reply([], 302, {"location": "https://1.1.1.1/\nset-cookie: evil=1"}, length=0)
        with watching(monkeypatch) as witness:
            with contextlib.suppress(NetworkFailed):
                response = await ask(carrier, f"{upstream.url}/v1/models")
                assert response.status_code == 302
                await response.aclose()
        assert witness.attempts == [("127.0.0.1", upstream.port)]
