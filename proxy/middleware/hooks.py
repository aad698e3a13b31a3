"""What somebody writes who writes a middleware: a class with any of five hooks. This file is the whole contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from proxy.record import Record


class Refusal(Exception):
    """Raised by a hook, it refuses the call: `message` is told to the caller, `status` is HTTP's."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(slots=True)
class Passage:
    """One call on its way through one middleware. `body` and `headers` may be changed in `before_request`.

    `headers` are the caller's, without secrets, under lower-case names; only those that the provider's format knows go
    on. `state` is this middleware's own, for this call. Set `leave_answer` where the answer need not be looked at: its
    bytes then pass unchanged.
    """

    user_id: int
    source: str  # chat, proxy, unified, title, tool, test
    provider: str  # the kind
    slug: str
    model: str | None
    operation: str
    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)
    state: dict[str, Any] = field(default_factory=dict, repr=False)
    leave_answer: bool = False


@dataclass(slots=True)
class StreamEvent:
    """One event of a streamed answer: the JSON object in it, and its name where the format has names."""

    data: dict[str, Any] = field(repr=False)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """An answer that has come whole. `body` is None for a stream, which has gone on already."""

    status: int
    body: bytes | None = field(repr=False)
    record: Record


class Middleware:
    """Derive from this and fill in what is needed. One instance serves all calls that one rule applies to.

    A hook that raises anything but Refusal has failed; whether the call then goes on without this middleware is for
    the rule to say (`on_failure`).
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Raises ValueError, which says what is wrong, for options that make no sense."""
        if options:
            raise ValueError(f"it has no option {next(iter(options))!r}")

    async def before_request(self, passage: Passage) -> None:
        """Nothing has been sent yet."""

    def on_event(self, passage: Passage, event: StreamEvent) -> Sequence[StreamEvent] | None:
        """The events to go on in place of this one; None for this one as it is, byte for byte."""
        return None

    def on_stream_end(self, passage: Passage) -> Sequence[StreamEvent]:
        """The events to be sent before the end of a stream."""
        return ()

    async def after_response(self, passage: Passage, received: Received) -> bytes | None:
        """The answer is over. For one that is no stream: the body to go on in its place; None for it as it is."""
        return None

    async def on_error(self, passage: Passage, error: Exception) -> None:
        """There is no answer: the provider was not asked, could not be asked, or answered with an error.

        Whoever saw the request is told, also where something after it refused the call. A call that goes to another
        provider after this one failed passes its middleware anew.
        """
