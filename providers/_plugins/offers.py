"""What others bring: adapters of installed packages, each with who brings it, and what had to be left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import metadata
from types import ModuleType
from typing import Any

from providers._base import Adapter
from providers._plugins.contract import Unfit, check, in_words

PLUGINS = "thinkback.providers"  # the entry-point group of a pip package that brings a provider


@dataclass(frozen=True, slots=True)
class Source:
    """Who brings an adapter: a package or a file, as it states itself."""

    name: str
    version: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An adapter that is not ours, and who brings it."""

    adapter: Adapter
    source: Source


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A plug-in that is not used: the name of its entry point or its kind, who brings it, and why it is not used."""

    name: str
    source: Source
    reason: str


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


def brought(value: Any, source: Source) -> list[Offer]:
    """The adapters in a value or module, tried out. Raises Unfit for one that does not fit, and where there is none."""
    adapters = list(adapters_in(value) if isinstance(value, ModuleType) else adapters_of(value))
    if not adapters:
        raise Unfit("it holds no adapter: a class derived from providers.Adapter that states a kind")
    return [offer(adapter, source) for adapter in adapters]


def offer(adapter: Adapter, source: Source) -> Offer:
    """An adapter with its source, whose version and description it may state itself. Raises Unfit."""
    try:
        check(adapter)
    except Unfit as error:
        raise Unfit(f"{adapter.label or adapter.kind}: {error}") from None
    version, description = adapter.version or source.version, adapter.description or source.description
    return Offer(adapter, replace(source, version=version, description=description))


@cache
def packaged() -> tuple[tuple[Offer, ...], tuple[LeftOut, ...]]:
    """What installed packages bring, and what of it cannot be used. Looked for once per process."""
    offers: list[Offer] = []
    left_out: list[LeftOut] = []
    for entry in metadata.entry_points(group=PLUGINS):
        source = source_of(entry)
        try:
            offers += brought(entry.load(), source)
        except Unfit as error:
            left_out.append(LeftOut(entry.name, source, str(error)))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it must not take the others, or the site, with it
            left_out.append(LeftOut(entry.name, source, f"it cannot be loaded ({in_words(error)})"))
    return tuple(offers), tuple(left_out)


def source_of(entry: metadata.EntryPoint) -> Source:
    """The package of an entry point, as it describes itself."""
    package = entry.dist
    if package is None:
        return Source(entry.name)
    about = package.metadata
    return Source(about["Name"] or entry.name, about["Version"] or "", about["Summary"] or "")
