"""From what a caller wants to the events of an answer: who is asked, and in which words."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace

from providers import Ability, Event, Operation, Prompt, ProviderError
from proxy.booking import book_refusal, new_record
from proxy.call import Call, Connection, Offer
from proxy.errors import Refused
from proxy.host import Host
from proxy.plan import Answer
from proxy.unified.faults import Fault, refusal_for, unsupported
from proxy.unified.reading import Wanted, read

SHOWN = 10  # models that a refusal names
PARAMS: dict[Ability, str] = {
    "images": "messages", "image_urls": "messages", "documents": "messages",
    "json_object": "response_format", "json_schema": "response_format",
}  # fmt: skip
WORDS: dict[Ability, str] = {
    "images": "images", "image_urls": "images by their address (send them as data: URLs)", "documents": "files",
    "json_object": "“response_format” json_object", "json_schema": "“response_format” json_schema", "tools": "tools",
}  # fmt: skip


# Headers of a provider's answer that are not those of this one, and those that a refusal states by itself.
FOREIGN = frozenset({b"content-type", b"content-length", b"content-encoding", b"cache-control", b"x-accel-buffering"})
OWN = FOREIGN | {b"retry-after", b"x-thinkback-error", b"x-should-retry"}
GRACE = 1.0  # seconds for the end of a body, after the end of what it says
THREADED = 1024 * 1024  # bytes of a request that is read beside the loop, for it would hold it up


@dataclass(frozen=True, slots=True)
class Question:
    """What is wanted, and the call that asks for it, worded for whom it goes to first."""

    wanted: Wanted
    call: Call


async def question(call: Call, host: Host) -> Question:
    """What a caller asks with the body of this call. Raises Refused, which is booked."""
    try:
        wanted = read(call.body) if len(call.body) < THREADED else await asyncio.to_thread(read, call.body)
    except Refused as refused:
        await book_refusal(new_record(call, 0, None, Operation("chat")), refused, host)
        raise
    asked = await _worded(call, wanted, host)
    headers = {**asked.headers, **call.headers}  # of the caller's: what it says about caches
    return Question(wanted, replace(asked, headers=headers))


async def _worded(call: Call, wanted: Wanted, host: Host) -> Call:
    operation = Operation("chat", wanted.prompt.model, wanted.stream)
    try:
        worded = await host.call_for(call, wanted.prompt)
        asked = replace(worded, origin=call.origin, provider_key=call.provider_key)
    except Refused as refused:
        if refused.status != 404:
            raise
        raise unknown(wanted.prompt.model, await host.offers(call.caller)) from None
    except ProviderError as failure:
        await book_refusal(new_record(call, 0, None, operation), refusal_for(failure), host)
        raise
    connection = await host.connection(call.caller, asked.slug)
    if asked.route is None and connection is not None:  # the models of an alias were looked at already
        prompt = replace(wanted.prompt, model=wanted.prompt.model.partition("/")[2])
        for ability in connection.lacks(prompt):
            fault = lack(ability, connection, prompt)
            await book_refusal(new_record(asked, 0, connection, replace(operation, model=prompt.model)), fault, host)
            raise fault
    return asked


def unknown(name: str, offers: Sequence[Offer]) -> Fault:
    """The refusal of a model's name that stands for nothing, with what there is to choose from."""
    some = ", ".join(offer.id or f"{offer.slug}/…" for offer in _some_of_each(offers))
    more = f" and {len(offers) - SHOWN} more" if len(offers) > SHOWN else ""
    there = f"There are {some}{more}." if some else "None is set up yet."
    message = f"There is no model “{name[:200]}”. Name one as provider/model, or by an alias. {there}"
    return Fault(message, "model", "model_not_found", 404)


def _some_of_each(offers: Sequence[Offer]) -> list[Offer]:
    """The first of every configuration, then the second, and so on."""
    seen: Counter[str] = Counter()
    places = []
    for offer in offers:
        places.append((seen[offer.slug], offer))
        seen[offer.slug] += 1
    return [offer for _, offer in sorted(places, key=lambda place: place[0])][:SHOWN]


def lack(ability: Ability, connection: Connection, prompt: Prompt) -> Fault:
    """The refusal of what the provider cannot do, or its model."""
    word = WORDS.get(ability, f"“{ability}”")
    message = f"{connection.name} cannot take {word} with the model “{prompt.model}”."
    return unsupported(PARAMS.get(ability, ability), message)


async def events_of(answer: Answer) -> AsyncGenerator[list[Event]]:
    """The events of an answer, those of each chunk together. Raises ProviderError, after all that was said before."""
    if answer.status >= 400:
        raise failed(answer, b"".join([chunk async for chunk in answer.body]))
    reader = answer.connection.adapter.reader()
    async for chunk in chunks_of(answer):
        events: list[Event] = []
        try:
            events.extend(reader.feed(chunk))
        except ProviderError:
            if events:
                yield events
            raise
        yield events
    yield list(reader.close())


async def chunks_of(answer: Answer) -> AsyncGenerator[bytes]:
    """The chunks of an answer. Who has said his last word, and does not hang up, is not waited for."""
    body = aiter(answer.body)
    while True:
        over = answer.record.finished_at is not None  # the end was announced, and the record closed by it
        try:
            async with asyncio.timeout(GRACE if over else None):
                chunk = await anext(body)
        except (TimeoutError, StopAsyncIteration):
            return
        yield chunk


def failed(answer: Answer, body: bytes) -> ProviderError:
    """The failure that a status tells of, with what else was told beside it."""
    failure = answer.failure(body)
    failure.attempts = answer.record.attempt
    failure.headers = [item for item in answer.headers if item[0] not in OWN]
    return failure


def told(answer: Answer) -> list[tuple[bytes, bytes]]:
    """The headers of a provider's answer that say something of this one."""
    return [item for item in answer.headers if item[0] not in FOREIGN]
