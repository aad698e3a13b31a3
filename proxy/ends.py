"""How an answer's bytes go on, and how they end: never before the record is closed, never as if all were well when not.

Every function here takes the chunks of the upstream, which raise ProviderError when they break off.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from providers import ProviderError, Shape, Sink
from proxy import shapes
from proxy.errors import status_of
from proxy.events import Everything
from proxy.metering import Meter
from proxy.stream import Stream


async def once(body: bytes) -> AsyncIterator[bytes]:
    """A body that is there already."""
    if body:
        yield body


async def whole(chunks: AsyncIterator[bytes], meter: Meter) -> AsyncIterator[bytes]:
    """An answer that is no stream: its last chunk is held back until the record is closed. Raises ProviderError.

    So does one that ends in the middle of its document, however well its framing ends.
    """
    held = b""
    try:
        async for chunk in chunks:
            meter.feed(chunk)
            if held:
                yield held
            held = chunk
    except ProviderError as failure:
        await meter.close("error", failure.type)
        raise
    truncated = await meter.finish()
    if truncated is not None:
        raise truncated
    if held:
        yield held


class Live(Stream):
    """A stream: each chunk goes on at once; the one that announces the end waits until the record is closed.

    A stream cut short ends with an error event of that shape; where there is none (`shape` None), or the stream stands
    in the middle of an event, reading raises ProviderError.
    """

    def __init__(self, chunks: Stream, meter: Meter, events: Everything, shape: Shape | None) -> None:
        self.chunks = chunks
        self.meter = meter
        self.events = events
        self.shape = shape
        self.sink: Sink
        self.held: bytes | None = None  # what may go on as soon as the record is closed
        self.over = False

    async def __anext__(self) -> bytes:
        while not self.over:
            if ready := await self._next():
                return ready
        raise StopAsyncIteration

    async def pour(self, sink: Sink) -> None:
        """Hand on what arrives until the end is near."""
        if not self.over:
            self.sink = sink
            await self.chunks.pour(self._take)
            del self.sink

    def _take(self, chunk: bytes) -> bool:
        near = self.meter.feed(chunk)
        ready = self.events.feed(chunk)
        if near:
            self.held = ready
            return False
        return not ready or self.sink(ready)

    async def _next(self) -> bytes:
        failure: ProviderError | None
        try:
            return await self._passed()
        except StopAsyncIteration:
            failure = await self.meter.finish()
        except ProviderError as error:
            failure = await broken(self.meter, error)
        self.over = True
        return self.events.rest() if failure is None else farewell(failure, None if self.events.inside else self.shape)

    async def _passed(self) -> bytes:
        ready, self.held = self.held, None
        if ready is None:
            chunk = await anext(self.chunks)
            self.meter.feed(chunk)
            ready = self.events.feed(chunk)
        if self.meter.at_end:
            await self.meter.finish()
        return ready


async def broken(meter: Meter, failure: ProviderError) -> ProviderError | None:
    """Book a stream that broke; what breaks after the stream's own end does not matter any more."""
    if meter.at_end:
        await meter.finish()
        return None
    await meter.close("error", failure.type)
    return failure


def farewell(failure: ProviderError, shape: Shape | None) -> bytes:
    """The event that tells of the failure; raises it where the format has none."""
    if shape is None:
        raise failure
    return shapes.event(shape, status_of(failure), failure.message)
