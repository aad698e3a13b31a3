"""The line to one open page, whatever carries its frames: a WebSocket, or an event stream with requests beside it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

from proxy.call import Caller
from thinkback.chat import requests
from thinkback.chat.bus import BUS, Subscriber, Topic, of_user
from thinkback.chat.frames import BadFrame, Expired, FromServer, Problem, encode, parse
from thinkback.chat.turns import Unfit

SILENCE = 90.0  # seconds without a word from the page after which it is taken for gone
EXPIRED = 4401  # the code with which a line ends whose page must sign in again


class Carrier(Protocol):
    """What brings frames to the page."""

    async def put(self, text: str) -> None:
        """Send one frame."""

    async def end(self, code: int = 1000) -> None:
        """Send no more."""


class Line:
    """One open page. Who it is is asked again at every frame."""

    def __init__(self, carrier: Carrier, asks_who: Callable[[], Awaitable[Caller | None]]) -> None:
        self.id = secrets.token_urlsafe(16)
        self.subscriber = Subscriber()
        self.conversation: Topic | None = None
        self.user_id: int | None = None
        self._carrier = carrier
        self._asks_who = asks_who
        self._watch: asyncio.TimerHandle | None = None

    async def open(self) -> bool:
        """Take a page in; one without a session is told so."""
        caller = await self.identify()
        if caller is None:
            return False
        self.user_id = caller.user_id
        BUS.follow(of_user(caller.user_id), self.subscriber)
        self._listen_again()
        return True

    async def obey(self, text: str) -> None:
        """Obey one frame."""
        self._listen_again()
        caller = await self.identify()
        if caller is None:
            return
        try:
            await requests.obey(self, caller, parse(text))
        except BadFrame as error:
            await self.say(Problem("bad_frame", f"This was not understood: {error}"))
        except Unfit as error:
            await self.say(Problem(error.type, error.message, error.client_id))

    def close(self) -> None:
        """The page is gone; what it asked for goes on."""
        if self._watch is not None:
            self._watch.cancel()
        if self.user_id is not None:
            BUS.leave(of_user(self.user_id), self.subscriber)
        if self.conversation is not None:
            BUS.leave(self.conversation, self.subscriber)

    async def identify(self) -> Caller | None:
        """The caller; when the session has ended or is another's, the page is told and the line closed."""
        caller = await self._asks_who()
        if caller is None or self.user_id not in (None, caller.user_id):
            await self.say(Expired())
            await self._carrier.end(EXPIRED)
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
        await self._carrier.put(encode(frame))

    def _listen_again(self) -> None:
        """Start the time anew in which the page must say something."""
        if self._watch is not None:
            self._watch.cancel()
        loop = asyncio.get_running_loop()
        self._watch = loop.call_later(SILENCE, lambda: loop.create_task(self._give_up()))

    async def _give_up(self) -> None:
        """Close the line of a page that is gone without a word."""
        with contextlib.suppress(Exception):  # it may be closing already
            await self._carrier.end()
