"""Looks whether a service that may run on this machine does: in the background, for a moment, remembered shortly."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import httpx

import providers
from providers import Adapter, Exchange, ProviderError, Request, Target
from thinkback.accounts.models import User
from thinkback.connections import nearby
from thinkback.connections.targets import place_of
from thinkback.host import SITE

MOMENT = 0.3  # seconds that a page waits for
PATIENCE = 2.0  # seconds for one question
MEMORY = 15.0  # seconds
LARGEST = 1024 * 1024  # bytes of a list of models


@dataclass(frozen=True, slots=True)
class Found:
    """A service that answers on this machine: its kind and name, its address, how many models it lists."""

    kind: str
    label: str
    place: str
    models: int


class Lookout:
    """What was found, and who is being asked. It belongs to the event loop that asks."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[float, Found | None]] = {}  # until when, by the address
        self.under_way: dict[str, asyncio.Task[Found | None]] = {}

    async def look(self, adapters: list[Adapter]) -> list[Found]:
        """Those of them that answer; one that takes longer than a moment is seen the next time."""
        tasks = {task for adapter in adapters if (task := self._ask(adapter)) is not None}
        if tasks:
            await asyncio.wait(tasks, timeout=MOMENT)
        found = [self.known.get(adapter.base_url, (0.0, None))[1] for adapter in adapters]
        return [one for one in found if one is not None]

    def forget(self) -> None:
        """Start afresh."""
        self.known.clear()

    def _ask(self, adapter: Adapter) -> asyncio.Task[Found | None] | None:
        """The question that is under way, or a new one; None while the last answer is remembered."""
        address = adapter.base_url
        if address in self.under_way:
            return self.under_way[address]
        if self.known.get(address, (0.0, None))[0] > time.monotonic():
            return None
        task = self.under_way[address] = asyncio.create_task(self._keep(adapter))
        task.add_done_callback(lambda _: self.under_way.pop(address, None))
        return task

    async def _keep(self, adapter: Adapter) -> Found | None:
        found = await probe(adapter)
        self.known[adapter.base_url] = (time.monotonic() + MEMORY, found)
        return found


LOOKOUT = Lookout()


async def found_for(user: User) -> list[Found]:
    """The services on this machine that answer now and that this user may use."""
    return await LOOKOUT.look([adapter for adapter in nearby.adapters() if nearby.may_use(user, adapter)])


async def probe(adapter: Adapter) -> Found | None:
    """Whether this kind of service answers at its usual address, told by its list of models."""
    carrier = SITE.nearby_transport()
    for exchange in (adapter.models(), adapter.models_otherwise()):
        if exchange is None or carrier is None:
            break
        try:
            async with asyncio.timeout(PATIENCE):
                models = adapter.read_models(await _body(carrier, adapter, exchange))
        except TimeoutError:
            break
        except ProviderError:
            continue
        return Found(adapter.kind, adapter.label, place_of(adapter.base_url), len(models))
    return None


async def _body(carrier: httpx.AsyncBaseTransport, adapter: Adapter, exchange: Exchange) -> bytes:
    """The body of an answer of status 200; of any other, a redirect included, nothing."""
    url = adapter.url(Target(adapter.kind, adapter.base_url), exchange.path, exchange.query)
    headers = [(b"host", url.netloc), (b"accept-encoding", b"identity"), (b"user-agent", b"ThinkBack")]
    response = await providers.exchange(carrier, Request(exchange.method, url, headers, exchange.body))
    body = bytearray()
    try:
        if response.status == 200:
            async for chunk in response.stream:
                body += chunk
                if len(body) > LARGEST:
                    break
    finally:
        await response.stream.aclose()
    return bytes(body)
