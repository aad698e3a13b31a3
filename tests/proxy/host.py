"""The site behind the proxy, made of a few dictionaries; its network reaches loopback alone."""

from __future__ import annotations

import asyncio
import copy
import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx

import providers
from providers import Model, Network, Prompt, Target
from proxy.call import Call, Caller, Connection, Limits, Offer
from proxy.host import LedgerUnavailable, Observer
from proxy.record import Record
from proxy.settling import settle

KEY = "sk-canary-0123456789abcdefWXYZ"
TOKEN = "tb_alice_token"
SITE = "https://thinkback.example"
NUMBERS = itertools.count(1)


class Unobserved(Observer):
    """Nobody watches."""


class FakeLedger:
    """Keeps what was committed, as it was at that moment. `slow` delays every commit by seconds."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Record] = {}
        self.opened: list[Record] = []
        self.closes = 0
        self.broken = False
        self.slow = 0.0

    async def open(self, record: Record) -> None:
        if self.broken:
            raise LedgerUnavailable
        await asyncio.sleep(self.slow)
        self.opened.append(copy.copy(record))
        self.rows[record.id] = copy.copy(record)

    async def close(self, record: Record) -> None:
        await settle(self._close(copy.copy(record)))

    async def _close(self, written: Record) -> None:
        await asyncio.sleep(self.slow)
        self.rows[written.id] = written
        self.closes += 1

    @property
    def only(self) -> Record:
        """The one row that there is."""
        (row,) = self.rows.values()
        return row


class FakeHost:
    """One site with Alice, who has a token and a session, and connections to one upstream."""

    def __init__(self, url: str = "http://127.0.0.1:1") -> None:
        self.url = url
        self.ledger = FakeLedger()
        self.observer = Unobserved()
        self.ending = False
        self.alice = Caller(next(NUMBERS), "token", token_id=7, scopes=frozenset({"proxy"}))
        self.tokens: dict[str, Caller] = {TOKEN: self.alice}
        self.sessions = {"alices-session": Caller(self.alice.user_id, "session")}
        self.connections: dict[str, Connection] = {}
        self.key: str | None = KEY
        self.listed: set[str] = set()
        self.allowed: set[str] = set()
        self.carrier: httpx.AsyncBaseTransport | None = None
        self.network = Network(frozenset({url.removeprefix("http://")}))
        for kind in ("openai", "anthropic", "google"):
            self.connect(kind)

    def connect(self, kind: str, slug: str = "", options: dict[str, str] | None = None, **more: Any) -> Connection:
        """Add a connection to the upstream; nothing is tried twice unless `retries` says so."""
        more.setdefault("retries", 0)
        headers = more.pop("headers", {})
        target = Target(kind, self.url, more.pop("format", ""), headers, options or {})
        adapter = providers.get(kind).wire(target)
        slug = slug or kind
        known = self.connections.get(slug)
        number = len(self.connections) + 1 if known is None else known.id
        connection = Connection(number, self.alice.user_id, slug, slug.title(), target, adapter, **more)
        self.connections[slug] = connection
        return connection

    def limit(self, **limits: int) -> None:
        """Give Alice lower limits."""
        self.tokens[TOKEN] = self.alice = replace(self.alice, limits=Limits(**limits))

    async def identify_token(self, token: str) -> Caller | None:
        return self.tokens.get(token)

    async def identify_session(self, session_key: str) -> Caller | None:
        return self.sessions.get(session_key)

    async def connection(self, caller: Caller, slug: str) -> Connection | None:
        return self.connections.get(slug) if caller.user_id == self.alice.user_id else None

    async def call_for(self, call: Call, prompt: Prompt) -> Call:
        slug, _, model = prompt.model.partition("/")
        exchange = self.connections[slug].adapter.chat(replace(prompt, model=model))
        return replace(Call.of(exchange, call.caller, slug, call.source), operation_id=call.operation_id)

    async def offers(self, caller: Caller) -> list[Offer]:
        return [Offer(slug, one.name, Model("m")) for slug, one in self.connections.items()]

    async def priced(self, caller: Caller, offers: Sequence[Offer]) -> Sequence[Offer]:
        return offers

    async def find_key(self, connection: Connection, call: Call) -> str | None:
        return self.key

    async def origin_listed(self, origin: str) -> bool:
        return origin in self.listed | self.allowed

    async def origin_allowed(self, origin: str, caller: Caller) -> bool:
        return origin in self.allowed

    def site_origin(self, scheme: str, host: str) -> str:
        return f"{scheme}://{host}"

    def transport(self, connection: Connection) -> httpx.AsyncBaseTransport:
        return self.carrier or self.network.transport()
