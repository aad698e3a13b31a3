"""Who asks, for what, of whom: the values that travel down the pipeline. None of them ever holds a key."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from providers import Ability, Adapter, Exchange, Model, Prompt, Target, frozen

Source = Literal["chat", "proxy", "unified", "title", "tool", "test"]
Status = Literal["started", "ok", "error", "cancelled", "interrupted", "refused"]


RANDOM = random.Random()  # noqa: S311 - ids name things, they open nothing; the system's source would cost a syscall each


def new_id() -> uuid.UUID:
    """An identifier in the order of time, to 0.25 µs (UUID version 7, RFC 9562 sections 5.7 and 6.2)."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = milliseconds << 80 | 0x7 << 76 | (rest << 12) // 1_000_000 << 64 | 0b10 << 62 | RANDOM.getrandbits(62)
    return uuid.UUID(int=value)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be done at most by one user (the site's own unless he has lower ones), one token, with one provider."""

    requests_per_minute: int = 600
    tokens_per_minute: int = 2_000_000
    streams: int = 50


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, or a program that carries his token. `origins` empty = the token is not bound to any."""

    user_id: int
    via: Literal["session", "token"]
    token_id: int | None = None
    scopes: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    is_staff: bool = False  # owner or administrator
    token_limits: Limits | None = None  # of the token itself, counted beside its user's; None: it has none


@dataclass(frozen=True, slots=True)
class Fallback:
    """Another configuration of the same user, asked where one has failed. `model` None = the model asked for."""

    slug: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a user has set for all calls of one configuration; `only_model` answers whatever model is named."""

    temperature: float | None = None
    max_tokens: int | None = None
    only_model: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """One provider configuration of one user, as the proxy needs it. The key is asked for inside the attempt."""

    id: int
    user_id: int
    slug: str
    name: str
    target: Target
    adapter: Adapter  # already `wire(target)`
    enabled: bool = True
    has_key: bool = True
    connect_timeout: float = 10.0  # seconds
    first_byte_timeout: float = 600.0
    idle_timeout: float = 300.0
    total_timeout: float = 3600.0
    drain_seconds: float = 0.0  # for which a stream is read on when its reader has left, so that its usage is booked
    retries: int = 2  # further attempts after the first
    retry_after_send: bool = False  # also where the service may have received the request, and bill it twice
    limits: Limits | None = None  # of this configuration itself; None: it has none
    pins: tuple[str, ...] = ()  # of certificates, plain base64; none: any valid certificate will do
    fallbacks: tuple[Fallback, ...] = ()  # in order; theirs are not followed, so there is no loop
    nearby: bool = False  # on this very machine, where not everybody may go: the site decides who
    cache_seconds: float = 0.0  # how long an answer may be given again from memory; 0: never
    preferences: Preferences = Preferences()

    def chat(self, prompt: Prompt) -> Exchange:
        """The chat request, with what the user prefers where the prompt leaves it open."""
        return self.adapter.chat(self._settled(prompt))

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What this prompt needs and the model that will answer cannot do."""
        return self.adapter.lacks(self._settled(prompt))

    def _settled(self, prompt: Prompt) -> Prompt:
        own = self.preferences
        return replace(
            prompt,
            model=own.only_model or prompt.model,
            temperature=own.temperature if prompt.temperature is None else prompt.temperature,
            max_tokens=own.max_tokens if prompt.max_tokens is None else prompt.max_tokens,
        )


@dataclass(frozen=True, slots=True)
class Price:
    """The list price of one token in US dollars: of the input, of what of it a cache had, and of the output."""

    input: Decimal
    cached: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be asked for as `slug/model`; an alias (`slug` empty) by its name alone.

    A configuration of which no model is known offers one without a name, and so without an id.
    """

    slug: str
    name: str  # of the configuration, or what the alias is for
    model: Model
    takes: frozenset[Ability] = frozenset()
    is_default: bool = False
    price: Price | None = None

    @property
    def id(self) -> str:
        """What it is asked for by."""
        return f"{self.slug}/{self.model.id}" if self.slug and self.model.id else self.model.id


@dataclass(frozen=True, slots=True)
class Route:
    """What a call asks for that names no connection, only an alias: why it goes where it does, and where else it may.

    `word` gives the same prompt in the format of another connection, to another model. Raises ProviderError. `answered`
    is told whose which model answered.
    """

    reason: str
    others: tuple[Fallback, ...]  # in order, each with a model
    word: Callable[[Connection, str], Exchange] = field(repr=False)
    answered: Callable[[Connection, str | None], None] = field(repr=False)


@frozen
class Call:
    """One thing asked for: a native request for one connection."""

    caller: Caller
    slug: str
    source: Source
    method: str
    path: str  # the provider's own, without a leading slash
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    body: bytes = b""
    origin: str | None = None
    chat_id: uuid.UUID | None = None
    operation_id: uuid.UUID = field(default_factory=new_id)
    provider_key: str | None = field(default=None, repr=False)  # a browser-held key, used once, stored nowhere
    route: Route | None = None

    @classmethod
    def of(cls, exchange: Exchange, caller: Caller, slug: str, source: Source) -> Call:
        """A call of the site's own, as an adapter worded it."""
        headers = {name.lower(): value for name, value in exchange.headers.items()}
        return cls(caller, slug, source, exchange.method, exchange.path, exchange.query, headers, exchange.body)
