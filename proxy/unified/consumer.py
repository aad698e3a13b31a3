"""The unified API: `POST /api/v1/chat/completions`, `GET /api/v1/models`, `GET /api/v1/models/<id>`.

What is asked becomes a prompt (`reading`), which goes through the proxy's pipeline in the words of whichever provider
is asked (`asking`); the events that come back are told in OpenAI's words (`presenting`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from urllib.parse import unquote

import msgspec

from providers import Event, ProviderError, Shape
from proxy import access, door, pipeline, sanitising
from proxy.booking import book_refusal, new_record
from proxy.call import Call, Caller
from proxy.door import Visit
from proxy.entrance import Entrance
from proxy.errors import Refused
from proxy.plan import Answer
from proxy.replying import Headers, Reply
from proxy.unified import faults, models
from proxy.unified.asking import Question, events_of, question, told, unknown
from proxy.unified.faults import Fault
from proxy.unified.presenting import Pieces, Whole, usage_of

ROOT = "api/v1/"
CHAT = "chat/completions"
MODELS = "models"
SIGN = b": waiting\n\n"  # a comment of a stream, which tells that somebody is still there
QUIET = 5.0  # seconds without a word, after which the next thing that comes in leads to such a comment
LIVE: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"private, no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]


class UnifiedConsumer(Entrance):
    """`/api/v1/<path>`."""

    def check(self, visit: Visit) -> None:
        """Raise Refused for what is not among the three."""
        path = path_of(visit)
        if path != CHAT and path != MODELS and not path.startswith(f"{MODELS}/"):
            raise Fault(f"There is no {visit.method[:16]} /{ROOT}{path[:100]} here.", code="unknown_url", status=404)
        if visit.method != ("POST" if path == CHAT else "GET"):
            raise Fault(
                f"/{ROOT}{path[:100]} does not take {visit.method[:16]}.", code="method_not_allowed", status=405
            )
        sanitising.check_encoding(visit.headers)

    def shape_for(self, visit: Visit) -> Shape:
        """OpenAI's, always."""
        return "openai"

    async def turn_away(self, visit: Visit, caller: Caller, refused: Refused, reply: Reply) -> None:
        """Book the refusal and tell it."""
        await book_refusal(new_record(call_of(visit, caller, b""), 0, None, None), refused, self.host)
        await reply.tell(refused, faults.body(refused))

    async def carry_out(self, visit: Visit, caller: Caller, body: bytes, reply: Reply) -> None:
        """Answer; what goes wrong after the first byte is told inside the stream."""
        call = call_of(visit, caller, body)
        try:
            access.check_scope(caller, call)
        except Refused as refused:
            await self.turn_away(visit, caller, refused, reply)
            return
        try:
            if path_of(visit) == CHAT:
                await self._chat(call, reply)
            else:
                await self._models(call, reply)
        except ProviderError as failure:
            await tell(faults.refusal_for(failure), failure, reply)
        except Refused as refused:
            await tell(refused, refused, reply)

    async def _chat(self, call: Call, reply: Reply) -> None:
        asked = await question(call, self.host)
        async with pipeline.answer(asked.call, self.host) as answer, aclosing(events_of(answer)) as events:
            own = reply.own(answer)
            if asked.call.route is not None:
                asked.call.route.answered(answer.connection, answer.record.model)
            if asked.wanted.stream:
                await stream(asked, answer, events, reply, own)
            else:
                whole = Whole(answer, asked.wanted.prompt.model)
                async for some in events:
                    whole.add(some)
                await reply.document(200, whole.end(usage_of(answer.record)), told(answer), own)

    async def _models(self, call: Call, reply: Reply) -> None:
        offers = await self.host.offers(call.caller)
        if call.path == MODELS:
            priced = await self.host.priced(call.caller, [offer for offer in offers if offer.id])
            await reply.document(200, msgspec.json.encode(models.listed(priced)), [])
            return
        name = unquote(call.path.removeprefix(f"{MODELS}/"))
        found = [offer for offer in offers if offer.id == name][:1]
        if not found:
            raise unknown(name, offers)
        priced = await self.host.priced(call.caller, found)
        await reply.document(200, msgspec.json.encode(models.row(priced[0])), [])


async def stream(
    asked: Question, answer: Answer, events: AsyncGenerator[list[Event]], reply: Reply, own: float
) -> None:
    """Send the answer as it comes. Its status waits for the first chunk, which may tell of a failure."""
    pieces, now = Pieces(answer, asked.wanted.prompt.model), asyncio.get_running_loop().time
    some = await anext(events, None)
    await reply.start(200, [*told(answer), *LIVE], own)
    last = now()
    while some is not None:
        said = pieces.of(some) or (SIGN if now() - last > QUIET else b"")
        if said:
            await reply.send({"type": "http.response.body", "body": said, "more_body": True})
            last = now()
        some = await anext(events, None)
    end = pieces.end(usage_of(answer.record) if asked.wanted.usage else None)
    await reply.send({"type": "http.response.body", "body": end, "more_body": False})


async def tell(refused: Refused, error: Exception, reply: Reply) -> None:
    """Tell what went wrong: as an answer, or as the last word of one that has begun."""
    if reply.started:
        await reply.send({"type": "http.response.body", "body": faults.event(error), "more_body": False})
    else:
        await reply.tell(refused, faults.body(error))


def path_of(visit: Visit) -> str:
    """What stands behind `/api/v1/`."""
    return f"{visit.slug}/{visit.path}".removeprefix("/").removeprefix(ROOT).rstrip("/")


def call_of(visit: Visit, caller: Caller, body: bytes) -> Call:
    """What is asked for, as it came: nobody's words yet but the caller's own."""
    return Call(
        caller=caller,
        slug="",
        source="unified",
        method=visit.method,
        path=path_of(visit),
        headers={name: visit.headers[name] for name in ("cache-control",) if name in visit.headers},
        body=body,
        origin=visit.origin,
        provider_key=visit.headers.get(door.PROVIDER_KEY) or None,
    )
