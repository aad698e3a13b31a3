"""What is known of a model that a message would be sent to: its sizes, its prices, the settings that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from providers import Prompt
from proxy.call import Caller, Connection
from thinkback.connections import lookup
from thinkback.connections.catalogue import Entry, entries
from thinkback.connections.models import Connection as Row
from thinkback.connections.shared import SHARED
from thinkback.presets.parameters import SETTINGS, told
from thinkback.usage.quotes import Item, steps


def entry_of(user_id: int, slug: str, model: str) -> Entry | None:
    """A model of a user's connection as he sees it."""
    row = Row.objects.filter(user_id=user_id, slug=slug).first() or SHARED.find(user_id, slug)
    return None if row is None else next((entry for entry in entries(row) if entry.id == model), None)


async def priced(connection: Connection | None, model: str) -> list[dict[str, Any]] | None:
    """US dollars for one token, by the size of the input; None where they are not known."""
    if connection is None:
        return None
    name = connection.preferences.only_model or model
    found = (await steps([Item(connection.adapter.price_list(name), name)]))[0]
    return None if found is None else [
        {"over": one.over, "call": float(one.call), "input": float(one.fresh), "output": float(one.output)}
        for one in found
    ]  # fmt: skip


async def connection_of(caller: Caller, slug: str) -> Connection | None:
    """The connection of this name; None for an alias, which stands for several."""
    return await lookup.find(caller, slug)


def unused(connection: Connection | None, model: str, parameters: Mapping[str, Any]) -> list[str]:
    """The settings that change nothing of what this model is asked, beside the others that are set."""
    if connection is None:
        return []
    prompt = Prompt(model, (), **told({**parameters, "structure": None, "json": None}))
    return [
        setting.name for setting in SETTINGS if setting.told and not _matters(connection, prompt, setting.told, setting)
    ]


def _matters(connection: Connection, prompt: Prompt, name: str, setting: Any) -> bool:
    probe = tuple(setting.probe) if isinstance(setting.probe, list) else setting.probe
    value = getattr(prompt, name) or probe
    unset: dict[str, Any] = {name: () if name == "stop" else None}
    is_set: dict[str, Any] = {name: value}
    return connection.chat(replace(prompt, **is_set)) != connection.chat(replace(prompt, **unset))
