"""From a prompt to the events of its answer, through the proxy's own pipeline: metered like any other call."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from uuid import UUID

from channels.db import database_sync_to_async

from providers import AuthFailed, Event, Prompt
from proxy import pipeline
from proxy.call import Call, Caller, Source
from proxy.errors import Refused
from proxy.host import Host
from thinkback.asked import ASKED, Asked
from thinkback.attachments import telling
from thinkback.attachments.files import StorageFailed
from thinkback.chat import seeing
from thinkback.chat.rounds import without_tools
from thinkback.presets.structures import instructed
from thinkback.routing import aliases, routes
from thinkback.vault import keys


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
    source: Source = "chat"
    tools: tuple[str, ...] = ()  # the keys of those that the model is offered
    allowed: tuple[str, ...] = ()  # the grants of those that run without approval in this conversation


async def ask(question: Question, host: Host) -> AsyncGenerator[Event]:
    """The events of one answer. Raises NotConfigured, ProviderError and Refused, also in the middle."""
    question = replace(question, prompt=await _opened(question, host))
    asked = asked_of(question)
    async with pipeline.answer(await _call(question, asked, host), host) as answer:
        if asked is not None:
            routes.answered(asked, answer.connection, answer.record.model)
        if answer.status >= 400:
            failure = answer.failure(b"".join([chunk async for chunk in answer.body]))
            if isinstance(failure, AuthFailed):
                failure.key_ending = await database_sync_to_async(keys.ending_of)(answer.connection.id)
            raise failure
        reader = answer.connection.adapter.reader()  # a fallback may have answered
        async for chunk in answer.body:
            for event in reader.feed(chunk):
                yield event
        for event in reader.close():
            yield event


async def _opened(question: Question, host: Host) -> Prompt:
    """The prompt with its attachments read, as this model can take them; an alias finds one that sees pictures."""
    prompt = question.prompt
    if not telling.encloses(prompt):
        return prompt
    senses = telling.Senses()
    if question.slug != aliases.SLUG and (connection := await host.connection(question.caller, question.slug)):
        senses = await seeing.senses_of(question.caller.user_id, connection, prompt.model)
    try:
        return await telling.opened(prompt, senses)
    except StorageFailed as error:
        raise Refused("server_error", f"{error} Try again.", 503) from error


def asked_of(question: Question) -> routes.Asked | None:
    """The question as it is asked of an alias; None where a connection is named."""
    if question.slug != aliases.SLUG:
        return None
    caller, prompt = question.caller, instructed(_fitting(question.prompt))
    return routes.Asked(caller, prompt.model, prompt, question.source, question.chat_id, question.operation_id)


def _fitting(prompt: Prompt) -> Prompt:
    return prompt if prompt.tools else without_tools(prompt)


async def _call(question: Question, asked: routes.Asked | None, host: Host) -> Call:
    """The question to the connection that it names, or to one of those that its alias stands for."""
    if asked is not None:
        return await routes.call_for(asked, host)
    caller, prompt = question.caller, _fitting(question.prompt)
    connection = await host.connection(caller, question.slug)
    if connection is None or not connection.enabled:
        raise NotConfigured(question.slug)
    lacking = connection.lacks(prompt)
    if "tools" in lacking:
        prompt = without_tools(prompt)
    if "json_schema" in lacking or "json_object" in lacking:
        prompt = instructed(prompt)
    ASKED.set(Asked(caller, question.slug, prompt, question.chat_id))
    call = Call.of(connection.chat(prompt), caller, question.slug, question.source)
    return replace(call, chat_id=question.chat_id, operation_id=question.operation_id)
