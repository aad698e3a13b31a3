"""The native proxy: HTTP in and out, in the words of each provider."""

from __future__ import annotations

from providers import ProviderError, Shape
from proxy import door, paths, pipeline
from proxy.booking import book_refusal, new_record
from proxy.call import Call, Caller, Connection
from proxy.door import Visit
from proxy.entrance import Entrance
from proxy.errors import Refused
from proxy.replying import Reply

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


class ProxyConsumer(Entrance):
    """`/api/proxy/<slug>/<path>`."""

    def check(self, visit: Visit) -> None:
        """Raise Refused for a method or path that is never passed on."""
        check_request(visit)

    def shape_for(self, visit: Visit) -> Shape:
        """The shape that goes with the way he asks."""
        return door.guess_shape(visit)

    async def turn_away(self, visit: Visit, caller: Caller, refused: Refused, reply: Reply) -> None:
        """Book the refusal, and tell it in the words of the service that was meant."""
        connection = await self._connection(visit, caller)
        operation = None if connection is None else connection.adapter.operation(visit.method, visit.path, b"")
        record = new_record(call_of(visit, caller, b""), 0, connection, operation)
        await book_refusal(record, refused, self.host)
        await reply.refuse(refused, shape_of(visit, connection))

    async def carry_out(self, visit: Visit, caller: Caller, body: bytes, reply: Reply) -> None:
        """Pass the call on, and its answer back."""
        call = call_of(visit, caller, body)
        try:
            async with pipeline.answer(call, self.host) as answer:
                await reply.pass_on(answer)
        except Refused as refused:
            await reply.refuse(refused, shape_of(visit, await self._connection(visit, caller)))
        except ProviderError as failure:
            await reply.fail(failure, shape_of(visit, await self._connection(visit, caller)))

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
