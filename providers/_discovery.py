"""Finds the adapters: every module beside this one without an underscore, then the installed plug-ins."""

from __future__ import annotations

import logging
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module, metadata
from types import ModuleType
from typing import Any

from providers._base import Adapter

PLUGINS = "thinkback.providers"  # the entry-point group of a pip package that brings a provider
logger = logging.getLogger(__name__)


def adapters_of(value: Any) -> Iterator[Adapter]:
    """The adapters in one value: an instance, a class that states a kind, or a tuple or list of either."""
    if isinstance(value, type) and issubclass(value, Adapter):
        kind = value.__dict__.get("kind")  # not an inherited one; a row's class has a slot there
        if kind and isinstance(kind, str):
            yield value()
    elif isinstance(value, Adapter):
        if value.kind:
            yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from adapters_of(item)


def adapters_in(module: ModuleType) -> Iterator[Adapter]:
    """The adapters that a module defines; what it merely imported belongs to another."""
    for value in vars(module).values():
        if not isinstance(value, type) or value.__module__ == module.__name__:
            yield from adapters_of(value)


def own_modules() -> Iterator[ModuleType]:
    """The modules of this folder that are providers: those without an underscore."""
    package = import_module("providers")
    for found in pkgutil.iter_modules(package.__path__):
        if not found.name.startswith("_"):
            yield import_module(f"{package.__name__}.{found.name}")


def plugins() -> Iterator[Adapter]:
    """The adapters of installed packages. One that cannot be loaded is logged and left out."""
    for entry in metadata.entry_points(group=PLUGINS):
        try:
            value = entry.load()
            yield from adapters_in(value) if isinstance(value, ModuleType) else adapters_of(value)
        except Exception:  # noqa: BLE001 - a broken plug-in must not take the other providers with it
            logger.warning("The provider plug-in %s could not be loaded and is left out.", entry.name)


def by_kind(adapters: Iterable[Adapter]) -> dict[str, Adapter]:
    """Adapters under their kind. Of two with the same kind the first stays, so a plug-in cannot replace ours."""
    found: dict[str, Adapter] = {}
    for adapter in adapters:
        if found.setdefault(adapter.kind, adapter) is not adapter:
            logger.warning("There is more than one provider of the kind %s; the first one is used.", adapter.kind)
    return found


@cache
def registry() -> dict[str, Adapter]:
    """Every adapter there is, found once per process."""
    own = (adapter for module in own_modules() for adapter in adapters_in(module))
    return by_kind([*own, *plugins()])


def get(kind: str) -> Adapter:
    """The adapter of this kind. Raises KeyError."""
    return registry()[kind]


def available() -> tuple[Adapter, ...]:
    """Every adapter by its label; those that answer by themselves, without a service, come last."""
    by_label = sorted(registry().values(), key=lambda adapter: adapter.label.lower())
    return tuple(sorted(by_label, key=lambda adapter: adapter.transport() is not None))


def recognise(key: str) -> Adapter | None:
    """The vendor whose keys begin like this one: the longest prefix wins, and a tie is no answer."""
    key = key.strip()
    matches = [
        (len(prefix), adapter) for adapter in available() for prefix in adapter.key_prefixes if key.startswith(prefix)
    ]
    longest = max((length for length, _ in matches), default=0)
    winners = [adapter for length, adapter in matches if length == longest]
    return winners[0] if len(winners) == 1 else None
