"""HTTP in and out. One task per request carries it all, and is cancelled when the client leaves."""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any

from channels.generic.http import AsyncHttpConsumer

from providers import ProviderError, Shape
from proxy import door, origin, paths, pipeline
from proxy.booking import book_refusal, new_record
from proxy.call import Call, Caller, Connection
from proxy.door import Visit
from proxy.errors import Refused
from proxy.host import Host
from proxy.receiving import Left, Receive, Watch, read_body
from proxy.replying import Reply, Send

logger = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


class ProxyConsumer(AsyncHttpConsumer):  # type: ignore[misc]  # channels has no types
    """`/api/proxy/<slug>/<path>`. Its own `__call__`: the stock one hops to a thread and is deaf while it works.

    It keeps nothing of a request, so that one of it serves them all.
    """

    def __init__(self, host: Host) -> None:
        super().__init__()
        self.host = host

    @classmethod
    def as_asgi(cls, host: Host) -> ProxyConsumer:
        """The application: itself."""
        return cls(host)

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
            await reply.refuse(refused, door.guess_shape(visit))
            return
        try:
            reply.shared = await origin.check(visit, caller, self.host)
            check_request(visit)
            body = await read_body(receive, visit.headers)
        except Refused as refused:
            connection = await self._connection(visit, caller)
            operation = None if connection is None else connection.adapter.operation(visit.method, visit.path, b"")
            record = new_record(call_of(visit, caller, b""), 0, connection, operation)
            await book_refusal(record, refused, self.host)
            await reply.refuse(refused, shape_of(visit, connection))
            return
        with Watch(reply.scope, receive):
            await self._carry_out(visit, call_of(visit, caller, body), reply)

    async def _carry_out(self, visit: Visit, call: Call, reply: Reply) -> None:
        try:
            async with pipeline.answer(call, self.host) as answer:
                await reply.pass_on(answer)
        except Refused as refused:
            await reply.refuse(refused, shape_of(visit, await self._connection(visit, call.caller)))
        except ProviderError as failure:
            await reply.fail(failure, shape_of(visit, await self._connection(visit, call.caller)))

    async def _connection(self, visit: Visit, caller: Caller) -> Connection | None:
        return await self.host.connection(caller, visit.slug.rpartition("/")[2])


def shape_of(visit: Visit, connection: Connection | None) -> Shape:
    """The error shape that the caller's SDK expects."""
    return connection.adapter.shape if connection is not None else door.guess_shape(visit)


def check_request(visit: Visit) -> None:
    """Raise Refused for a method or path that is never passed on."""
    if visit.method not in METHODS:
        raise Refused("invalid_request", f"The method {visit.method[:16]} is not passed on.", 405)
    paths.check(visit.slug, visit.path)


def call_of(visit: Visit, caller: Caller, body: bytes) -> Call:
    """What is asked for. A browser-held key goes along once, and is stored nowhere."""
    return Call(
        caller=caller,
        slug=visit.slug,
        source="proxy",
        method=visit.method,
        path=visit.path,
        query=visit.query,
        headers={name: value for name, value in visit.headers.items() if name not in door.SECRETS},
        body=body,
        origin=visit.origin,
        provider_key=visit.headers.get(door.PROVIDER_KEY) or None,
    )
