"""Which configuration a name stands for: what the proxy and the chat ask. Remembered for at most 5 s."""

from __future__ import annotations

from dataclasses import dataclass, replace

from channels.db import database_sync_to_async

from proxy import call
from thinkback.accounts import revocation
from thinkback.accounts.memory import Memory
from thinkback.connections import nearby, practice
from thinkback.connections.catalogue import Entry, visible
from thinkback.connections.models import Connection
from thinkback.connections.shared import SHARED, is_shared
from thinkback.connections.targets import adapter_of, connection_of, ref_of, target_of
from thinkback.in_time import ask, ask_once
from thinkback.vault import keys


@dataclass(frozen=True, slots=True)
class Choice:
    """One configuration as a model picker shows it; `models` without the hidden ones, the default one included."""

    slug: str
    name: str
    kind: str
    default_model: str
    models: tuple[Entry, ...]
    ready: bool  # installed, and with a key where it needs one
    failing: bool
    tools: bool = True  # whether its models can be offered any, as far as its format goes
    images: bool = True  # likewise, whether they take pictures
    shared: bool = False  # by the administrator: nothing of it is the user's to change


FOUND: Memory[call.Connection] = Memory()
CHOICES: Memory[list[Choice]] = Memory()
revocation.listen(FOUND.forget)
revocation.listen(CHOICES.forget)


async def find(caller: call.Caller, slug: str) -> call.Connection | None:
    """The caller's own configuration of this name; None for an unknown one, which is never remembered."""
    known = FOUND.get((caller.user_id, slug))
    return known if known is not None else await ask_once(_load, caller.user_id, slug, FOUND.moment())


async def all_of(user_id: int) -> list[Choice]:
    """The configurations of a user that are on, oldest first, then those shared with him, and practice last."""
    choices: list[Choice] = await database_sync_to_async(_choices)(user_id)
    return choices


async def remembered(user_id: int) -> list[Choice]:
    """The same, up to 5 s old. Raises Refused where the database does not answer in time."""
    known = CHOICES.get(user_id)
    if known is None:
        moment = CHOICES.moment()
        known = await ask(_choices, user_id)
        CHOICES.keep(user_id, known, (f"connection:{user_id}", f"user:{user_id}"), moment)
    return known


def _load(user_id: int, slug: str, moment: int) -> call.Connection | None:
    if slug == practice.KIND:
        practice.ensure(user_id)
    row = Connection.objects.filter(user_id=user_id, slug=slug).first() or SHARED.find(user_id, slug)
    connection = None if row is None else connection_of(row, has_key=has_key(row))
    if connection is not None:
        assert row is not None
        connection = replace(connection, nearby=nearby.is_open(row))
        FOUND.keep((user_id, slug), connection, (f"connection:{user_id}", f"user:{user_id}"), moment)
    return connection


def _choices(user_id: int) -> list[Choice]:
    practice.ensure(user_id)
    rows = [*Connection.objects.filter(user_id=user_id, enabled=True).order_by("id"), *SHARED.rows(user_id)]
    return [_choice(row) for row in sorted(rows, key=lambda row: row.kind == practice.KIND)]


def _choice(row: Connection) -> Choice:
    adapter = adapter_of(row)
    ready = adapter is not None and (not adapter.needs_key or has_key(row))
    takes = frozenset() if adapter is None else adapter.wire(target_of(row)).takes
    failing = row.failing_since is not None
    models, sees = tuple(visible(row)), "images" in takes
    tools, shared = "tools" in takes, is_shared(row)
    return Choice(row.slug, row.name, row.kind, row.default_model, models, ready, failing, tools, sees, shared)


def has_key(row: Connection) -> bool:
    """Whether the vault holds a key of this configuration, or the administrator's file."""
    if is_shared(row):
        return SHARED.known[row.slug].key is not None if row.slug in SHARED.known else False
    return keys.status(ref_of(row)) is not None
