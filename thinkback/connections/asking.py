"""Small questions to a provider, sent down the same pipeline as everything else, so that they are metered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import httpx
from django.utils.translation import gettext as _

from providers import (
    Exchange,
    InvalidRequest,
    ListRefused,
    Message,
    Model,
    Prompt,
    ProviderError,
    Remaining,
    ServerFailed,
    Text,
    balance_of,
)
from proxy import pipeline
from proxy.call import Call, Caller, Connection
from proxy.errors import Refused
from proxy.record import Record
from proxy.redaction import Secrets
from thinkback.asked import ASKED, Asked
from thinkback.host import SITE

LONGEST = 16 * 1024 * 1024  # bytes of a list of models
NOT_LISTED = (404, 405, 501)
MOST_DESCRIBED = 100  # models that are asked about one by one
AT_ONCE = 4  # of these requests


class NotListed(InvalidRequest):
    """The service has no list of models; that is no fault of the configuration."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The models of a service, and the milliseconds until its first and its last byte."""

    models: list[Model]
    head_ms: int
    whole_ms: int


@dataclass(frozen=True, slots=True)
class Said:
    """The first word of a model: the usage record of the call, and its milliseconds."""

    record: Record
    ms: int


async def list_models(caller: Caller, connection: Connection) -> Listed:
    """Ask for the models. Raises ProviderError (NotListed where the service has no such list) or proxy's Refused."""
    try:
        listed = await _list(caller, connection, connection.adapter.models())
    except InvalidRequest:
        other = connection.adapter.models_otherwise()
        if other is None:
            raise
        return await _list(caller, connection, other)
    for exchange in connection.adapter.more_models():
        with suppress(ProviderError, Refused):
            listed.models.extend((await _list(caller, connection, exchange)).models)
    return listed


async def _list(caller: Caller, connection: Connection, exchange: Exchange) -> Listed:
    started = time.perf_counter()
    async with _answered(caller, connection, exchange) as answer:
        head_ms = _since(started)
        body = await _whole(answer)
        if answer.status in NOT_LISTED:
            raise NotListed(_("%(name)s does not list its models.") % {"name": connection.name}, status=answer.status)
        if answer.status >= 400:
            failure = answer.failure(body)
            if isinstance(failure, ListRefused):
                raise NotListed(
                    _("%(name)s does not let this key list its models.") % {"name": connection.name},
                    status=answer.status,
                )
            raise failure
        try:
            models = connection.adapter.read_models(body)
        except ServerFailed as error:
            raise NotListed(_("%(name)s lists its models in an unknown form.") % {"name": connection.name}) from error
        known = without_key(models, answer.secrets)
    return Listed(await _described(caller, connection, known), head_ms, _since(started))


async def _described(caller: Caller, connection: Connection, models: list[Model]) -> list[Model]:
    """The models with what the service tells of each of them alone, where it does; without those that cannot chat."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(model: Model, exchange: Exchange) -> Model | None:
        async with room:
            with suppress(ProviderError, Refused):
                async with _answered(caller, connection, exchange) as answer:
                    if answer.status == 200:
                        return connection.adapter.read_description(model, await _whole(answer))
            return model

    exchanges = [connection.adapter.describe(model) for model in models[:MOST_DESCRIBED]]
    async with asyncio.TaskGroup() as group:
        asked = [
            None if exchange is None else group.create_task(one(model, exchange))
            for model, exchange in zip(models, exchanges, strict=False)
        ]
    found = [model if task is None else task.result() for model, task in zip(models, asked, strict=False)]
    return [model for model in found if model is not None] + models[MOST_DESCRIBED:]


def without_key(models: list[Model], secrets: Secrets) -> list[Model]:
    """The models but for those whose name tells the key: they would be stored, and shown."""
    if not secrets.hold_key("\n".join([f"{model.id}\n{model.label}" for model in models])):
        return models
    return [model for model in models if not secrets.hold_key(f"{model.id}\n{model.label}")]


async def remaining(caller: Caller, connection: Connection) -> Remaining | None:
    """What is left at the service; None where there is no end to it, or it does not tell. Raises as `list_models`."""
    question = balance_of(connection.adapter)
    if question is None:
        return None
    async with _answered(caller, connection, question.exchange()) as answer:
        body = await _whole(answer)
        if answer.status >= 400:
            raise answer.failure(body)
        return question.read(body)


async def say_one_token(caller: Caller, connection: Connection, model: str) -> Said:
    """Ask a model for a single token. Raises ProviderError or proxy's Refused."""
    prompt = Prompt(model, (Message("user", "Say ok"),), max_tokens=1)
    started = time.perf_counter()
    async with _answered(caller, connection, connection.chat(prompt)) as answer:
        if answer.status >= 400:
            body = await _whole(answer)
            if ran_out(body):
                return Said(answer.record, _since(started))
            raise answer.failure(body)
        ms = await _first_text(connection, answer, started)
    return Said(answer.record, ms)


def ran_out(body: bytes) -> bool:
    """Whether a reasoning model was reached but could not say anything within one token (OpenAI answers 400)."""
    return b"max_tokens or model output limit was reached" in body


async def _first_text(connection: Connection, answer: pipeline.Answer, started: float) -> int:
    reader, ms = connection.adapter.reader(), None
    async for chunk in answer.body:
        for event in reader.feed(chunk):
            if ms is None and isinstance(event, Text):
                ms = _since(started)
    list(reader.close())
    return _since(started) if ms is None else ms


@asynccontextmanager
async def _answered(caller: Caller, connection: Connection, exchange: Exchange) -> AsyncIterator[pipeline.Answer]:
    ASKED.set(Asked(caller, connection.slug))
    async with pipeline.answer(Call.of(exchange, caller, connection.slug, "test"), SITE) as answer:
        yield answer


async def _whole(answer: pipeline.Answer) -> bytes:
    raw = bytearray()
    async for chunk in answer.body:
        raw += chunk
        if len(raw) > LONGEST:
            raise ServerFailed(_("The answer of this service is far too long."))
    try:
        return httpx.Response(answer.status, headers=answer.headers, content=bytes(raw)).content  # decodes gzip
    except httpx.DecodingError as error:
        raise ServerFailed(_("The answer of this service could not be decoded.")) from error


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
