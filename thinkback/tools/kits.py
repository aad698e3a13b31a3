"""Which tools a user can choose from, and those that he has chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.conf import settings

from thinkback.tools import servers
from thinkback.tools.builtin import CALCULATOR, CLOCK, page_tool
from thinkback.tools.models import Preference, Server
from thinkback.tools.offered import Offered

BUILT_IN = (CLOCK, CALCULATOR)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the menu."""

    key: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kit:
    """The tools that a model is offered, by name, and those of them that run without approval."""

    offered: dict[str, Offered]
    unasked: frozenset[str] = frozenset()


EMPTY = Kit({})


def built_in() -> tuple[Offered, ...]:
    """The tools of our own; that for pages where the administrator allows any."""
    return (*BUILT_IN, page_tool(settings.PAGE_HOSTS)) if settings.PAGE_HOSTS else BUILT_IN


def choices(user_id: int) -> list[Choice]:
    """What a user can choose from."""
    own = [Choice(tool.name, tool.label) for tool in built_in()]
    rows = [(server, len(servers.enabled_of(server))) for server in Server.objects.filter(user_id=user_id)]
    found = [Choice(server.key, server.name, f"{count} tool{'s'[: count != 1]}") for server, count in rows if count]
    return own + found


async def kit_of(user_id: int, keys: Collection[str], allowed: Collection[str] = ()) -> Kit:
    """The tools that these keys stand for; `allowed` is what the reader has allowed for good."""
    if not keys:
        return EMPTY
    kit: Kit = await database_sync_to_async(_kit_of)(user_id, frozenset(keys), frozenset(allowed))
    return kit


def _kit_of(user_id: int, keys: frozenset[str], allowed: frozenset[str]) -> Kit:
    offered = {tool.name: tool for tool in built_in() if tool.name in keys}
    harmless: frozenset[str] = frozenset()
    if Preference.objects.filter(user_id=user_id, harmless_unasked=True).exists():
        harmless = frozenset(name for name, tool in offered.items() if tool.harmless)
    offered |= servers.offers(user_id, keys)
    return Kit(offered, harmless | {name for name, tool in offered.items() if tool.grant in allowed})
