"""How an answer's bytes go on, and how they end: never before the record is closed, never as if all were well when not.

Every function here takes the chunks of the upstream, which raise ProviderError when they break off.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from providers import ProviderError, Shape
from proxy import shapes
from proxy.errors import status_of
from proxy.events import Everything
from proxy.metering import Meter


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


async def live(
    chunks: AsyncIterator[bytes], meter: Meter, events: Everything, shape: Shape | None
) -> AsyncIterator[bytes]:
    """A stream: each chunk goes on at once; the one that announces the end waits until the record is closed.

    A stream cut short ends with an error event of that shape; where there is none (`shape` None), or the stream stands
    in the middle of an event, raises ProviderError.
    """
    failure: ProviderError | None
    try:
        async for chunk in chunks:
            meter.feed(chunk)
            ready = events.feed(chunk)
            if meter.at_end:
                await meter.finish()
            if ready:
                yield ready
        failure = await meter.finish()
    except ProviderError as error:
        failure = await broken(meter, error)
    last = events.rest() if failure is None else farewell(failure, None if events.inside else shape)
    if last:
        yield last


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
