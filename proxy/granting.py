"""Short-lived tokens that stored secrets are exchanged for: kept in memory alone, until shortly before they expire.

A token is bound to its configuration as it was (user, address, settings) and to the very secret; both are known here
by a keyed digest only. However many calls want one, it is asked for once.
"""

from __future__ import annotations

import asyncio
import copy
import os
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

import httpx

from providers import NetworkFailed, ProviderError, Request, ServerFailed, TimedOut, exchange
from proxy.call import Connection
from proxy.redaction import Secrets

PATIENCE = 30.0  # seconds for one exchange
EARLY = 120.0  # seconds before its end that a token is given up; a tenth of its life, where that is less
MOST = 1000  # tokens kept
LONGEST = 64 * 1024  # bytes of an answer


class Token(NamedTuple):
    """A bearer token, good until a moment of the monotonic clock."""

    value: str
    until: float

    def __repr__(self) -> str:
        """Without the token."""
        return "<Token>"


class Grants:
    """The tokens of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.salt = os.urandom(32)
        self.tokens: OrderedDict[bytes, Token] = OrderedDict()
        self.running: dict[bytes, asyncio.Task[Token | ProviderError]] = {}

    async def credential(self, connection: Connection, secret: str, transport: httpx.AsyncBaseTransport) -> str:
        """What goes to the service: the secret, or the token that it stands for. Raises ProviderError."""
        if not connection.adapter.exchanges(secret):
            return secret
        place = self._place(connection, secret)
        token = self.tokens.get(place)
        if token is not None and self.clock() < token.until:
            self.tokens.move_to_end(place)
            return token.value
        outcome = await asyncio.shield(self._begin(place, connection, secret, transport))
        if isinstance(outcome, ProviderError):
            raise copy.copy(outcome)  # several may wait for it, and each adds to his own
        return outcome.value

    def refuse(self, value: str) -> None:
        """The service takes this token no more: the next call asks for another."""
        for place in [place for place, token in self.tokens.items() if token.value == value]:
            del self.tokens[place]

    def forget(self) -> None:
        """Keep none."""
        self.tokens.clear()

    def _place(self, connection: Connection, secret: str) -> bytes:
        target = connection.target
        parts = (
            connection.id,
            connection.user_id,
            target.kind,
            target.base_url,
            sorted(target.options.items()),
            secret,
        )
        return blake2b(repr(parts).encode(), key=self.salt, digest_size=32).digest()

    def _begin(
        self, place: bytes, connection: Connection, secret: str, transport: httpx.AsyncBaseTransport
    ) -> asyncio.Task[Token | ProviderError]:
        task = self.running.get(place)
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.create_task(self._fetch(place, connection, secret, transport), name="sign-in")
            self.running[place] = task
            task.add_done_callback(lambda _: self.running.pop(place, None))
        return task

    async def _fetch(
        self, place: bytes, connection: Connection, secret: str, transport: httpx.AsyncBaseTransport
    ) -> Token | ProviderError:
        began = self.clock()
        try:
            async with asyncio.timeout(PATIENCE):
                value, seconds = await ask(connection, secret, transport)
        except (ProviderError, TimeoutError, httpx.HTTPError) as error:
            failure = named(error)
            for part in connection.adapter.confidential(secret):
                Secrets(part).clean(failure)
            return failure
        token = Token(value, began + seconds - min(EARLY, seconds / 10))
        self.tokens[place] = token
        if len(self.tokens) > MOST:
            self.tokens.popitem(last=False)
        return token


async def ask(connection: Connection, secret: str, transport: httpx.AsyncBaseTransport) -> tuple[str, float]:
    """One exchange: the token, and the seconds that it is good for. Raises ProviderError, or the transport's own."""
    adapter = connection.adapter
    grant = adapter.grant(secret, connection.target, time.time())
    url = httpx.URL(grant.url)
    fields = [(b"host", url.netloc)]
    fields += [(name.encode("ascii"), value.encode("latin-1")) for name, value in grant.headers.items()]
    waiting = (connection.connect_timeout, PATIENCE, PATIENCE)
    response = await exchange(transport, Request("POST", url, fields, grant.body, *waiting))
    body = bytearray()
    try:
        async for chunk in response.stream:
            body += chunk
            if len(body) > LONGEST:
                raise ServerFailed(f"{url.host} answered the sign-in with far too much.")
    finally:
        await response.stream.aclose()
    return adapter.granted(response.status, bytes(body))


def named(error: Exception) -> ProviderError:
    """A failure in our words. Nothing went to the service itself."""
    if isinstance(error, ProviderError):
        error.unsent = True
        return error
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TimedOut("The sign-in service gave no word within the time allowed.", unsent=True)
    return NetworkFailed("The connection to the sign-in service broke.", unsent=True)


GRANTS = Grants()
