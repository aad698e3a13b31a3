"""Fetching lists of models: one fetch at a time for each configuration; an old list is shown while a new one comes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from asgiref.sync import sync_to_async
from django.utils import timezone
from django.utils.translation import gettext as _

from providers import AuthFailed, ProviderError
from proxy.call import Caller
from proxy.errors import Refused
from thinkback.connections import asking, balances, outcomes, wording
from thinkback.connections.models import Connection
from thinkback.connections.states import key_of
from thinkback.connections.targets import connection_of
from thinkback.connections.wording import Advice

OLD = timedelta(hours=24)
_running: dict[int, asyncio.Task[Advice | None]] = {}


async def refresh(caller: Caller, row: Connection) -> Advice | None:
    """Fetch the models now and store them. Advice when that failed; the list then stays as it was."""
    return await asyncio.shield(_begin(caller, row))


def refresh_soon(caller: Caller, row: Connection) -> bool:
    """Fetch the models behind the reader's back when the list is old; tells whether a fetch is under way."""
    if row.pk in _running:
        return True
    if not row.enabled or row.failing_since is not None or not is_old(row):
        return False
    _begin(caller, row)
    return True


def is_old(row: Connection) -> bool:
    """Whether the list of models is a day old or was never fetched."""
    return row.models_fetched_at is None or timezone.now() - row.models_fetched_at > OLD


def _begin(caller: Caller, row: Connection) -> asyncio.Task[Advice | None]:
    task = _running.get(row.pk)
    if task is None or task.get_loop() is not asyncio.get_running_loop():
        task = asyncio.create_task(_fetch(caller, row), name=f"models of connection {row.pk}")
        _running[row.pk] = task
        task.add_done_callback(lambda _: _running.pop(row.pk, None))
    return task


async def _fetch(caller: Caller, row: Connection) -> Advice | None:
    state = await sync_to_async(key_of)(row)
    connection = connection_of(row, has_key=state is not None)
    if connection is None:
        return Advice(_("The provider “%(kind)s” is not installed any more.") % {"kind": row.kind}, _("Delete it."))
    if state is None and connection.adapter.needs_key:
        return wording.no_key(connection)
    try:
        listed = await asking.list_models(caller, connection)
    except asking.NotListed as error:
        await sync_to_async(outcomes.fetched)(row.pk, None)
        return Advice(error.message, _("Type their names in instead."))
    except (ProviderError, Refused) as error:
        advice = wording.explain(connection, error)
        if isinstance(error, AuthFailed):  # the rest may be gone in a moment
            await sync_to_async(outcomes.failed)(row.pk, f"{advice.message} {advice.fix}")
        return advice
    await sync_to_async(outcomes.fetched)(row.pk, listed.models)
    await balances.renew(caller, row.pk, connection)
    return None
