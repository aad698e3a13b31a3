"""The chat page's WebSocket: frames in, frames out. Answers are made elsewhere (`jobs.py`)."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from proxy.call import Caller
from thinkback.chat import door, requests
from thinkback.chat.bus import BUS, Subscriber, Topic, of_user
from thinkback.chat.frames import BadFrame, Expired, FromServer, Problem, encode, parse
from thinkback.chat.jobs import JOBS
from thinkback.chat.sockets import OPEN
from thinkback.chat.turns import Unfit

SILENCE = 90.0  # seconds without a word from the page after which it is taken for gone
EXPIRED = 4401  # close code: sign in again


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One open page. Who it is is asked again at every frame."""

    conversation: Topic | None = None
    pump: asyncio.Task[None] | None = None
    watch: asyncio.TimerHandle | None = None
    user_id: int | None = None

    async def connect(self) -> None:
        """Take a page in; one without a session is told so. Other sites' pages were turned away before."""
        await self.accept()
        self.subscriber = Subscriber()
        caller = await self.identify()
        if caller is None:
            return
        self.user_id = caller.user_id
        BUS.follow(of_user(caller.user_id), self.subscriber)
        OPEN.add(self)
        self.listen_again()
        self.pump = asyncio.create_task(self.send_on())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Obey one frame."""
        self.listen_again()
        caller = await self.identify()
        if caller is None:
            return
        try:
            await requests.obey(self, caller, parse(text_data or ""))
        except BadFrame as error:
            await self.say(Problem("bad_frame", f"This was not understood: {error}"))
        except Unfit as error:
            await self.say(Problem(error.type, error.message, error.client_id))

    async def disconnect(self, code: int) -> None:
        """The page is gone; what it asked for goes on."""
        OPEN.discard(self)
        if self.watch is not None:
            self.watch.cancel()
        if self.user_id is not None:
            BUS.leave(of_user(self.user_id), self.subscriber)
        if self.conversation is not None:
            BUS.leave(self.conversation, self.subscriber)
        if self.pump is not None:
            self.pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.pump

    async def identify(self) -> Caller | None:
        """The caller; when the session has ended or is another's, the page is told and the socket closed."""
        caller = await door.identify(self.scope, JOBS.host)
        if caller is None or self.user_id not in (None, caller.user_id):
            await self.say(Expired())
            await self.close(EXPIRED)
            return None
        return caller

    def follow(self, topic: Topic) -> None:
        """Follow one conversation from now on, and no other."""
        if self.conversation is not None:
            BUS.leave(self.conversation, self.subscriber)
        self.conversation = topic
        BUS.follow(topic, self.subscriber)

    async def say(self, frame: FromServer) -> None:
        """Send one frame at once."""
        await self.send(text_data=encode(frame))

    async def send_on(self) -> None:
        """Send what is published, as fast as the page takes it; when it fell behind, the whole state."""
        while True:
            text = await self.subscriber.take()
            if text is not None:
                await self.send(text_data=text)
            elif self.conversation is not None and self.user_id is not None:
                await self.say(await requests.branch(self.user_id, self.conversation, []))

    def listen_again(self) -> None:
        """Start the time anew in which the page must say something."""
        if self.watch is not None:
            self.watch.cancel()
        loop = asyncio.get_running_loop()
        self.watch = loop.call_later(SILENCE, lambda: loop.create_task(self.give_up()))

    async def give_up(self, *_: Any) -> None:
        """Close a socket whose page is gone without a word."""
        with contextlib.suppress(Exception):  # it may be closing already
            await self.close()
