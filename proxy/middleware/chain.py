"""The middleware that one call passes: in order on the way out, in reverse on the way back."""

from __future__ import annotations

import logging
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from providers import ProviderError, ServerFailed
from proxy import ends, filtering, shapes
from proxy.call import Call
from proxy.errors import Refused
from proxy.middleware.framing import Block, Frame, Lines, ServerSent, framing_of
from proxy.middleware.hooks import Middleware, Passage, Received, Refusal, StreamEvent
from proxy.plan import Answer

logger = logging.getLogger(__name__)
LARGEST = 32 * 1024 * 1024  # bytes of a whole answer that is shown to a middleware
T = TypeVar("T")
REPLACED = (b"content-length", b"content-encoding")


@dataclass(slots=True)
class Step:
    """One middleware, and this call as it sees it."""

    name: str
    middleware: Middleware
    passage: Passage
    on_failure: str
    failed: bool = False

    def has(self, *hooks: str) -> bool:
        """Whether any of these is filled in, and to be called for this answer."""
        if self.failed or self.passage.leave_answer:
            return False
        return any(getattr(type(self.middleware), hook) is not getattr(Middleware, hook) for hook in hooks)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Run a hook. Raises Refused where it refuses, or fails and must not; of a failure only the place is told."""
        try:
            yield
        except Refusal as refusal:
            raise Refused("invalid_request", refusal.message, refusal.status) from None
        except Exception as error:  # noqa: BLE001 - it is somebody else's code, and what it says may hold the prompt
            self.failed = True
            logger.warning("The middleware %s failed: %s at %s", self.name, type(error).__name__, place_of(error))
            if self.on_failure == "refuse":
                message = f"The middleware “{self.name}” failed, and asks to go no further."
                raise Refused("server_error", message, 500) from None


class Chain:
    """What one call passes through. `enter` each step, then hand over the answer."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    async def enter(self, step: Step, call: Call) -> Call:
        """The call as this step lets it go on. Raises Refused, after those before it have heard so."""
        try:
            with step.guarded():
                await step.middleware.before_request(step.passage)
                must_be(bytes, step.passage.body)
                call = replace(call, headers=step.passage.headers, body=step.passage.body)
        except Refused as refused:
            await self.failed(refused)
            raise
        self.steps.append(step)
        return call

    @asynccontextmanager
    async def hearing(self) -> AsyncIterator[None]:
        """Do something that may fail; then everyone is told. Raises the same again."""
        try:
            yield
        except (ProviderError, Refused) as failure:
            await self.failed(failure)
            raise

    async def answer(self, reply: Answer) -> Answer:
        """The answer as it goes back. Raises Refused or ProviderError."""
        names = ", ".join(step.name for step in self.steps if not step.failed)
        logger.info("Middleware of call %s: %s", reply.record.operation_id, names)
        reply.headers.append((b"x-thinkback-middleware", names.encode("ascii", "replace")))
        if reply.status >= 400:
            reply.body = ends.once(await whole(reply.body))
            await self.failed(ServerFailed(f"The provider answered {reply.status}.", status=reply.status))
        elif self.media_type(reply) in filtering.STREAMS:
            if any(step.has("on_event", "on_stream_end", "after_response") for step in self.steps):
                reply.body = self._stream(reply, reply.body)
        elif any(step.has("after_response") for step in self.steps):
            async with self.hearing():
                await self._whole(reply)
        return reply

    async def failed(self, error: Exception) -> None:
        """Tell everyone that there is no answer."""
        for step in reversed(self.steps):
            if step.has("on_error"):
                try:
                    await step.middleware.on_error(step.passage, error)
                except Exception as trouble:  # noqa: BLE001 - the call has failed already
                    logger.warning("The middleware %s failed: %s", step.name, type(trouble).__name__)

    def media_type(self, reply: Answer) -> str:
        """What kind of answer it is."""
        said = dict(reply.headers).get(b"content-type", b"").decode("latin-1")
        return said.partition(";")[0].strip().lower()

    async def _whole(self, reply: Answer) -> None:
        body = await whole(reply.body)
        encoding = dict(reply.headers).get(b"content-encoding", b"identity")
        for step in reversed(self.steps):
            if step.has("after_response"):
                with step.guarded():
                    received = Received(reply.status, unpacked(body, encoding), reply.record)
                    changed = await step.middleware.after_response(step.passage, received)
                    if changed is not None:
                        body, encoding = must_be(bytes, changed), b"identity"
        kept = [item for item in reply.headers if item[0] not in REPLACED]
        reply.headers[:] = [*kept, (b"content-length", b"%d" % len(body))]
        if encoding != b"identity":
            reply.headers.append((b"content-encoding", encoding))
        reply.body = ends.once(body)

    async def _stream(self, reply: Answer, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        framing = framing_of(self.media_type(reply))
        try:
            async for piece in self._pieces(framing, chunks):
                if piece:
                    yield piece
            await self._over(reply)
        except ProviderError as failure:
            await self.failed(failure)
            raise
        except Refused as refused:
            await self.failed(refused)
            if not framing.has_errors:
                raise ServerFailed(refused.message) from None
            yield shapes.event(reply.connection.adapter.shape, refused.status, refused.message)

    async def _pieces(self, framing: ServerSent | Lines, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The stream as it goes on; what is to be said before its end comes before the event that announces it."""
        ended = False
        async for chunk in chunks:
            passing = []
            for block in framing.feed(chunk):
                if block.is_end and not ended:
                    ended = True
                    passing.append(self._end(framing.frame))
                passing.append(self._pass(block, framing.frame))
            yield b"".join(passing)
        yield b"".join(self._pass(block, framing.frame) for block in framing.rest())
        if not ended:
            yield self._end(framing.frame)

    async def _over(self, reply: Answer) -> None:
        for step in reversed(self.steps):
            if step.has("after_response"):
                with step.guarded():
                    await step.middleware.after_response(step.passage, Received(reply.status, None, reply.record))

    def _pass(self, block: Block, frame: Frame) -> bytes:
        """One event of the stream after all steps: as it came, unless one of them changes it."""
        if block.event is None:
            return block.raw
        events = self._through([block.event], self.steps[::-1])
        return block.raw if len(events) == 1 and events[0] is block.event else b"".join(map(frame, events))

    def _end(self, frame: Frame) -> bytes:
        """What the steps have to say before the end; each is heard by those after it."""
        said: list[StreamEvent] = []
        back = self.steps[::-1]
        for number, step in enumerate(back):
            if step.has("on_stream_end"):
                more: list[StreamEvent] = []
                with step.guarded():
                    more = copied(step.middleware.on_stream_end(step.passage))
                said += self._through(more, back[number + 1 :])
        return b"".join(map(frame, said))

    def _through(self, events: Iterable[StreamEvent], steps: list[Step]) -> list[StreamEvent]:
        for step in steps:
            if step.has("on_event"):
                events = [changed for event in events for changed in self._one(step, event)]
        return list(events)

    def _one(self, step: Step, event: StreamEvent) -> Iterable[StreamEvent]:
        events = [event]
        with step.guarded():
            changed = step.middleware.on_event(step.passage, event)
            if changed is not None:
                events = copied(changed)
        return events


def copied(events: Iterable[StreamEvent]) -> list[StreamEvent]:
    """The events that a hook gave, as others, even where the same one was changed. Raises whatever is wrong there."""
    return [StreamEvent(must_be(dict, one.data), must_be(str, one.name)) for one in events]


def must_be(kind: type[T], value: T) -> T:
    """What a hook gave, if it is of this kind. Raises TypeError."""
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected")
    return value


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    """All of a body. Raises Refused for one beyond all bounds."""
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > LARGEST:
            raise Refused("server_error", "The answer is too large for the middleware of this site.", 502)
    return b"".join(parts)


def unpacked(body: bytes, encoding: bytes) -> bytes:
    """A body without its content encoding. Raises ValueError for one that is unknown, or too large."""
    if encoding in (b"", b"identity"):
        return body
    if encoding not in (b"gzip", b"deflate"):
        raise ValueError("an unknown content encoding")
    plain = zlib.decompressobj(wbits=47).decompress(body, LARGEST + 1)
    if len(plain) > LARGEST:
        raise ValueError("too large")
    return plain


def place_of(error: BaseException) -> str:
    """Where an exception was raised: file and line, nothing of the values there."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
