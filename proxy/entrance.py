"""HTTP in: what every consumer does before a call is carried out. One task per request does it all."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import MutableMapping
from typing import Any

from channels.generic.http import AsyncHttpConsumer

from providers import Shape
from proxy import door, origin
from proxy.call import Caller
from proxy.door import Visit
from proxy.errors import Refused
from proxy.host import Host
from proxy.receiving import Left, Receive, Watch, read_body
from proxy.replying import Reply, Send

logger = logging.getLogger(__name__)


class Entrance(AsyncHttpConsumer):  # type: ignore[misc]  # channels has no types
    """Its own `__call__`: the stock one hops to a thread and is deaf while it works.

    It keeps nothing of a request, so that one of it serves them all. Its task is cancelled when the client leaves.
    """

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host

    @classmethod
    def as_asgi(cls, host: Host) -> Entrance:
        """The application: itself."""
        return cls(host)

    @abstractmethod
    def check(self, visit: Visit) -> None:
        """Raise Refused for a method or path that is never served."""

    @abstractmethod
    def shape_for(self, visit: Visit) -> Shape:
        """The error shape that somebody unknown expects."""

    @abstractmethod
    async def turn_away(self, visit: Visit, caller: Caller, refused: Refused, reply: Reply) -> None:
        """Book and tell what was refused before the body was there."""

    @abstractmethod
    async def carry_out(self, visit: Visit, caller: Caller, body: bytes, reply: Reply) -> None:
        """Do what is asked for."""

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request, from an ASGI scope of type `http`."""
        reply = Reply(scope, send)
        try:
            visit = door.read(scope)
            if visit.is_preflight:
                reply.shared = await origin.preflight(visit, self.host)
                await reply.start(204, [])
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await self._serve(visit, receive, reply)
        except Left:
            return
        except Refused as refused:
            await reply.refuse(refused, "openai")
        except ConnectionAbortedError:
            raise
        except Exception as error:  # whatever failed, the caller's SDK raises its own class
            logger.exception("A call failed inside ThinkBack")
            await reply.fail(error, "openai")

    async def _serve(self, visit: Visit, receive: Receive, reply: Reply) -> None:
        try:
            caller = await door.identify(visit, self.host)
        except Refused as refused:
            if refused.status != 401:
                raise  # nobody looked: he is no stranger yet
            self.host.observer.turned_away(door.reason_of(visit, self.host))
            if visit.origin is not None and await origin.is_listed(visit.origin, self.host):
                reply.shared = origin.shared(visit.origin)
            await reply.refuse(refused, self.shape_for(visit))
            return
        try:
            reply.shared = await origin.check(visit, caller, self.host)
            self.check(visit)
            body = await read_body(receive, visit.headers)
        except Refused as refused:
            await self.turn_away(visit, caller, refused, reply)
            return
        with Watch(reply.scope, receive):
            await self.carry_out(visit, caller, body, reply)
