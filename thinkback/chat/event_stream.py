"""Frames without a WebSocket, for pages behind a proxy that breaks those: out as server-sent events, in by POST."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from proxy.call import Caller
from thinkback.api import ApiError, ApiRequest, api
from thinkback.chat.bus import Subscriber
from thinkback.chat.jobs import JOBS
from thinkback.chat.line import Line
from thinkback.chat.lines import LINES

BEAT = 15.0  # seconds of silence after which a comment is sent: proxies end what is silent for a minute
PADDING = ":" + " " * 2048 + "\n\n"  # some proxies hold back the first bytes of an answer
HEADERS = {
    "Cache-Control": "no-store, no-transform",  # a proxy that compresses also holds back
    "X-Accel-Buffering": "no",  # nginx passes each event on as it comes
}


@api("GET", "POST")
async def events(request: ApiRequest) -> HttpResponseBase:
    """Open a line, or say something over one that is open (`X-Line`)."""
    if request.method == "GET":
        return StreamingHttpResponse(_frames(request), content_type="text/event-stream", headers=HEADERS)
    line = LINES.find(request.headers.get("X-Line", ""), request.caller.user_id)
    if line is None:
        raise ApiError(404, "not_found", "This line is not open any more. Open another.")
    await line.obey(request.body.decode(errors="replace"))
    return HttpResponse(status=204)


class Stream:
    """Carries one line over an event stream."""

    def __init__(self, request: ApiRequest) -> None:
        self._session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        self.line = Line(self, self.identify)

    async def identify(self) -> Caller | None:
        """Whose session it is now."""
        return await JOBS.host.identify_session(self._session)

    @property
    def subscriber(self) -> Subscriber:
        """What waits to be sent."""
        return self.line.subscriber

    async def put(self, text: str) -> None:
        """Send one frame, behind what waits."""
        self.subscriber.offer(text)

    async def end(self, code: int = 1000) -> None:
        """Send what waits, and no more."""
        self.subscriber.end()


async def _frames(request: ApiRequest) -> AsyncGenerator[str]:
    """The events of one line; it ends when the page fell behind, and the page then opens another."""
    stream = Stream(request)
    line, number = stream.line, 0
    try:
        if await line.open():
            LINES.add(line)
            yield f"{PADDING}event: open\ndata: {line.id}\n\n"
        while True:
            try:
                async with asyncio.timeout(BEAT):
                    text = await stream.subscriber.take()
            except TimeoutError:
                await line.identify()
                yield ": still here\n\n"
                continue
            if text is None:
                return
            number += 1
            yield f"id: {number}\ndata: {text}\n\n"
    finally:
        LINES.discard(line)
        line.close()
