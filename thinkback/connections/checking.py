"""The connection test: reach → key → models → one token, stopping at the first that fails."""

from __future__ import annotations

from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from providers import AuthFailed, ProviderError
from proxy.call import Caller, Connection
from proxy.errors import Refused
from thinkback.connections import asking, balances, catalogue, outcomes, steps, wording
from thinkback.connections.models import Connection as Row
from thinkback.connections.states import key_of
from thinkback.connections.steps import Step
from thinkback.connections.targets import connection_of
from thinkback.connections.wording import Advice


async def check(caller: Caller, row: Row) -> AsyncIterator[Step]:
    """Test one configuration step by step, and remember how it went."""
    ready = await sync_to_async(_prepared)(row)
    if isinstance(ready, Advice):
        yield steps.failed("key", ready)
        return
    last: Step | None = None
    async for last in _steps(caller, row, ready):
        if not last.ok:
            await sync_to_async(outcomes.failed)(row.pk, f"{last.message} {last.fix}".strip())
        elif last.name == "answer":
            await sync_to_async(outcomes.succeeded)(row.pk)
        yield last


def _prepared(row: Row) -> Connection | Advice:
    """What can be asked, or why nothing is asked at all."""
    key = key_of(row)
    connection = connection_of(row, has_key=key is not None)
    if connection is None:
        return Advice(
            _("The provider “%(kind)s” is not installed any more.") % {"kind": row.kind}, _("Delete it here.")
        )
    if not row.enabled:
        return Advice(_("%(name)s is off.") % {"name": row.name}, _("Turn it on to test it."))
    if key is None and connection.adapter.needs_key:
        return wording.no_key(connection)
    if key is not None and not key.readable:
        return wording.unreadable_key(connection)
    return connection


async def _steps(caller: Caller, row: Row, connection: Connection) -> AsyncIterator[Step]:
    ids = [row.default_model] if row.default_model else []
    try:
        listed = await asking.list_models(caller, connection)
    except asking.NotListed as error:
        await sync_to_async(outcomes.fetched)(row.pk, None)
        yield steps.reached(connection)
        yield steps.passed("models", _("%(message)s Type their names in instead.") % {"message": error.message})
        async for step in _first_word(caller, connection, steps.pick(ids or _offered(row))):
            yield step
        return
    except (ProviderError, Refused) as error:
        for step in steps.refused(connection, error):
            yield step
        return
    await sync_to_async(outcomes.fetched)(row.pk, listed.models)
    yield steps.reached(connection, listed.head_ms)
    yield steps.key_taken(connection)
    yield steps.listed(len(listed.models), listed.whole_ms)
    remaining = await balances.renew(caller, row.pk, connection)
    if remaining is not None:
        yield steps.left(balances.in_words(remaining.amount, remaining.currency), remaining.words)
    yield await _answer(caller, connection, steps.pick(ids or [model.id for model in listed.models] or _offered(row)))


async def _first_word(caller: Caller, connection: Connection, model: str) -> AsyncIterator[Step]:
    """Where no list of models has told of the key, the answer does."""
    step = await _answer(caller, connection, model)
    if step.name == "answer" and step.ok:
        yield steps.key_taken(connection)
    yield step


async def _answer(caller: Caller, connection: Connection, model: str) -> Step:
    if not model:
        return steps.failed("answer", _no_model())
    try:
        said = await asking.say_one_token(caller, connection, model)
    except AuthFailed as error:
        return steps.failed("key", wording.explain(connection, error))
    except (ProviderError, Refused) as error:
        return steps.failed("answer", wording.explain(connection, error))
    return steps.answered(model, said.record, said.ms)


def _offered(row: Row) -> list[str]:
    return [entry.id for entry in catalogue.visible(row)]


def _no_model() -> Advice:
    return Advice(_("There is no model to try."), _("Add a model by its name, or type one in as the default."))
