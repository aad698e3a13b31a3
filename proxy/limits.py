"""How much may be asked for: requests and tokens in any minute, and streams at a time, per user, provider and token."""

from __future__ import annotations

import math

from providers import Operation
from proxy.call import Call, Connection, Limits
from proxy.counts import Gate, Lease, State, Store, Wish
from proxy.errors import NotHere, Refused
from proxy.memory_counts import MemoryStore
from proxy.record import Record

USUAL_OUTPUT = 1024  # tokens reserved for an answer to which the caller sets no end
LARGEST_PROMPT = 250_000  # tokens; a body beyond that is mostly images, which cost far less than their bytes
WRITING = frozenset({"chat", "generate_content", "responses", "text_completion"})  # operations that write text
READING = frozenset({"embeddings", "rerank", "moderation"})

WORDS = {
    "requests_per_minute": "requests a minute",
    "tokens_per_minute": "tokens a minute",
    "streams": "streams at a time",
}
PLACES = {"connection": " with this provider", "token": " with this token"}


class Admission:
    """A place that was given to one call. `aclose` gives it back, and books what all its attempts used.

    User and token pay for every attempt; a provider with limits of its own only for those that it had itself.
    `record` is that of the latest attempt.
    """

    def __init__(self, lease: Lease, headers: list[tuple[bytes, bytes]]) -> None:
        self.lease = lease
        self.headers = headers
        self.record: Record | None = None
        self.counted: Record | None = None  # the latest of those that are in `spent`
        self.spent = self.spent_here = 0  # tokens of the attempts that are over: in all, with this provider
        self.here: Lease | None = None  # at the gate of a provider that came later

    def count(self, record: Record) -> None:
        """This attempt is over, and another may follow."""
        tokens = booked(record) or 0
        self.spent += tokens
        self.spent_here += tokens
        self.counted = record

    async def undo(self) -> None:
        """The call is refused after all: nothing of it counts."""
        await self.lease.undo()

    async def move(self, before: Connection) -> None:
        """Another provider follows: what `before` counts of its own is settled."""
        lease, self.here = self.here or self.lease, None
        if before.limits is not None:
            await lease.give_back(self.spent_here, gate_of(before, before.limits).name)
        self.spent_here = 0

    async def aclose(self) -> None:
        """The call is over."""
        last = 0 if self.record is self.counted else booked(self.record)
        if self.here is not None:
            await self.here.give_back(None if last is None else self.spent_here + last)
        await self.lease.give_back(None if last is None else self.spent + last)


class Limiter:
    """Lets calls in, as far as `store` counts room for them."""

    def __init__(self, store: Store | None = None) -> None:
        self.store: Store = MemoryStore() if store is None else store

    async def admit(self, wish: Wish) -> Admission:
        """Check all limits, then take from all. Raises Refused (429), which takes nothing."""
        states, lease = await self.store.take(wish)
        if lease is None:
            raise refusal(max(states, key=lambda state: state.wait), states)
        return Admission(lease, budget(tightest(states, taken=True), taken=True))

    async def admit_here(self, admission: Admission, wish: Wish) -> None:
        """Let a call that was let in already also in at the gate of another provider. Raises NotHere."""
        states, lease = await self.store.take(wish)
        if lease is None:
            raise refusal(max(states, key=lambda state: state.wait), states)
        admission.here = lease

    def forget(self) -> None:
        """Start counting afresh, in memory."""
        self.store = MemoryStore()


def wish_of(call: Call, connection: Connection, operation: Operation) -> Wish:
    """What a call takes, at the gates of its user and, where these have limits of their own, provider and token."""
    caller = call.caller
    gates = [Gate(f"user:{caller.user_id}", caller.limits)]
    if connection.limits is not None:
        gates.append(gate_of(connection, connection.limits))
    if caller.token_limits is not None:
        gates.append(Gate(f"token:{caller.token_id}", caller.token_limits))
    return Wish(caller.user_id, tuple(gates), operation.stream, estimate(operation, call.body))


def gate_of(connection: Connection, limits: Limits) -> Gate:
    """The gate of a provider that has limits of its own."""
    return Gate(f"connection:{connection.id}", limits)


def estimate(operation: Operation, body: bytes) -> int:
    """The tokens that a call may use; 0 where it uses none, or how many is known only afterwards."""
    if operation.name not in WRITING and operation.name not in READING:
        return 0
    prompt = min(len(body) // 4, LARGEST_PROMPT)
    if operation.name in READING:
        return prompt
    return prompt + (USUAL_OUTPUT if operation.max_tokens is None else operation.max_tokens)


def booked(record: Record | None) -> int | None:
    """The tokens of an attempt that is over; None where it may have used some that nobody told."""
    if record is None:
        return 0
    counts = [count for count in (record.input_tokens, record.output_tokens) if count is not None]
    if counts:
        return sum(counts)
    return None if record.status in ("ok", "started") else 0


def tightest(states: list[State], taken: bool) -> State:
    """The limit per minute of which the smallest part is left."""
    minutes = [state for state in states if state.kind != "streams"]
    return min(minutes, key=lambda state: (state.left - taken * state.amount) / state.limit)


def budget(state: State, taken: bool) -> list[tuple[bytes, bytes]]:
    """The headers of draft-ietf-httpapi-ratelimit-headers-05, for one limit."""
    return [
        (b"ratelimit-limit", b"%d" % state.limit),
        (b"ratelimit-remaining", b"%d" % max(state.left - taken * state.amount, 0)),
        (b"ratelimit-reset", b"%d" % math.ceil(state.reset)),
    ]


def refusal(state: State, states: list[State]) -> Refused:
    """A 429 of our own, for the limit that takes longest to fit."""
    place = PLACES.get(state.gate.name.partition(":")[0], "")
    reason = f"More than {state.limit} {WORDS[state.kind]}{place}."
    kind = NotHere if place == PLACES["connection"] else Refused
    refused = kind("rate_limit", f"{reason} Wait a moment, or have the limit raised.", 429, state.wait)
    refused.headers = budget(tightest(states, taken=False) if state.kind == "streams" else state, taken=False)
    return refused


LIMITER = Limiter()
