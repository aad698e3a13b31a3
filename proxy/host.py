"""What the proxy asks of the site. `thinkback/host.py` answers; tests answer with a few dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import httpx

from providers import Prompt
from proxy.call import Call, Caller, Connection, Offer
from proxy.record import Record


class LedgerUnavailable(Exception):
    """The ledger cannot be written now, so nothing may be sent."""


class Ledger(Protocol):
    """Where usage is booked."""

    async def open(self, record: Record) -> None:
        """Commit a started record. Raises LedgerUnavailable within 2 s when it cannot be written."""

    async def close(self, record: Record) -> None:
        """Put a price on a record and commit its end. Never raises: what cannot be written now is tried again.

        It goes on by itself when the waiting for it is cancelled.
        """


class Observer(Protocol):
    """Who watches the calls go by. It is told on the hot path, so it neither waits nor fails."""

    def began(self, record: Record) -> None:
        """An attempt is about to be made."""

    def ended(self, record: Record) -> None:
        """An attempt is over and its record closed; or a call that never began was refused, or answered from memory."""

    def turned_away(self, reason: str) -> None:
        """Somebody unknown was refused; `reason` is one of a few words."""


class Host(Protocol):
    """The site behind the proxy."""

    ledger: Ledger
    observer: Observer

    @property
    def ending(self) -> bool:
        """Whether the server is about to stop: who is cut off now did not leave of his own accord."""

    async def identify_token(self, token: str) -> Caller | None:
        """Whose token this is; None for anything unknown, expired or revoked."""

    async def identify_session(self, session_key: str) -> Caller | None:
        """Whose session cookie this is."""

    async def connection(self, caller: Caller, slug: str) -> Connection | None:
        """The caller's own configuration of this name."""

    async def call_for(self, call: Call, prompt: Prompt) -> Call:
        """The same call in the words of the service that the prompt's model names, or of those its alias stands for.

        Raises Refused, which is booked, and ProviderError for what cannot be worded.
        """

    async def offers(self, caller: Caller) -> Sequence[Offer]:
        """The models that the caller may choose from."""

    async def priced(self, caller: Caller, offers: Sequence[Offer]) -> Sequence[Offer]:
        """The same with their prices, as far as these are known within a second."""

    async def find_key(self, connection: Connection, call: Call) -> str | None:
        """The opened key, for this one attempt; the use is audited. None where none is stored."""

    async def origin_listed(self, origin: str) -> bool:
        """Whether the site or any user lists this origin (enough for a preflight)."""

    async def origin_allowed(self, origin: str, caller: Caller) -> bool:
        """Whether this caller may call from this origin: the site's list or his own."""

    def site_origin(self, scheme: str, host: str) -> str:
        """The origin that counts as the site itself, for a request that came with this Host."""

    def transport(self, connection: Connection) -> httpx.AsyncBaseTransport:
        """What carries requests to this connection's service: the guarded network, or the adapter itself."""
