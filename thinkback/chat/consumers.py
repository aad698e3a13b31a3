"""The chat page's WebSocket: frames in, frames out. Answers are made elsewhere (`jobs.py`)."""

from __future__ import annotations

import asyncio
import contextlib

from channels.generic.websocket import AsyncWebsocketConsumer

from thinkback.chat import door, requests
from thinkback.chat.jobs import JOBS
from thinkback.chat.line import Line
from thinkback.chat.lines import LINES
from thinkback.languages.reading import read_socket_as


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Carries one line over a WebSocket. Other sites' pages were turned away before."""

    pump: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Take a page in."""
        await self.accept()
        self.line = Line(self, lambda: door.identify(self.scope, JOBS.host))
        if await self.line.open() and self.line.user_id is not None:
            await read_socket_as(self.line.user_id, self.scope)
            LINES.add(self.line)
            self.pump = asyncio.create_task(self.send_on())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Obey one frame."""
        await self.line.obey(text_data or "")

    async def disconnect(self, code: int) -> None:
        """The page is gone."""
        LINES.discard(self.line)
        self.line.close()
        if self.pump is not None:
            self.pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.pump

    async def put(self, text: str) -> None:
        """Send one frame."""
        await self.send(text_data=text)

    async def end(self, code: int = 1000) -> None:
        """Send no more."""
        await self.close(code)

    async def send_on(self) -> None:
        """Send what is published, as fast as the page takes it; when it fell behind, the whole state."""
        line = self.line
        while True:
            text = await line.subscriber.take()
            if text is not None:
                await self.put(text)
            elif line.subscriber.ended:
                return  # the server stops, and closes the socket itself
            elif line.conversation is not None and line.user_id is not None:
                await line.say(await requests.branch(line.user_id, line.conversation, []))
