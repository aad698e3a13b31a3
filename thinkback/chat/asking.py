"""From a prompt to the events of its answer, through the proxy's own pipeline: metered like any other call."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from uuid import UUID

from providers import Event, Prompt
from proxy import pipeline
from proxy.call import Call, Caller
from proxy.host import Host


class NotConfigured(LookupError):
    """The user has no connection of this name, or has turned it off."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks what, through which of his connections, in which conversation."""

    caller: Caller
    slug: str
    prompt: Prompt
    chat_id: UUID
    operation_id: UUID


async def ask(question: Question, host: Host) -> AsyncGenerator[Event]:
    """The events of one answer. Raises NotConfigured, ProviderError and Refused, also in the middle."""
    connection = await host.connection(question.caller, question.slug)
    if connection is None or not connection.enabled:
        raise NotConfigured(question.slug)
    exchange = connection.adapter.chat(question.prompt)
    call = Call.of(exchange, question.caller, question.slug, "chat")
    call = replace(call, chat_id=question.chat_id, operation_id=question.operation_id)
    async with pipeline.answer(call, host) as answer:
        if answer.status >= 400:
            raise answer.failure(b"".join([chunk async for chunk in answer.body]))
        reader = answer.connection.adapter.reader()  # a fallback may have answered
        async for chunk in answer.body:
            for event in reader.feed(chunk):
                yield event
        for event in reader.close():
            yield event
