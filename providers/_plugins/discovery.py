"""Finds the adapters: every module beside this one without an underscore, then what others bring."""

from __future__ import annotations

import logging
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

from providers._base import Adapter
from providers._plugins.offers import LeftOut, Offer, Source, adapters_in, packaged

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """Every adapter by its kind, who brings those that are not ours, and what is left out."""

    adapters: Mapping[str, Adapter]
    sources: Mapping[str, Source]
    left_out: tuple[LeftOut, ...]


class Registry:
    """What this process knows now. It is replaced as a whole, so any thread may read it."""

    def __init__(self) -> None:
        self._found: Found | None = None
        self._brought: tuple[Adapter, ...] = ()
        self._configured: tuple[Offer, ...] = ()

    @property
    def found(self) -> Found:
        """Everything, looked for when it is first asked for."""
        return self._found or self.configure(())

    def configure(self, configured: Iterable[Offer]) -> Found:
        """Take these, of the configuration file, in the place of those that were there before."""
        before = () if self._found is None else self._found.left_out
        self._configured = tuple(configured)
        self._found = found = gathered(self._configured, self._brought)
        for one in found.left_out:
            if one not in before:
                who = f"{one.source.name} {one.source.version}".strip()
                logger.warning("The provider plug-in %s (of %s) is left out: %s.", one.name, who, one.reason)
        return found

    @property
    def configured(self) -> frozenset[str]:
        """The kinds of the configuration file that is in force."""
        return frozenset(offer.adapter.kind for offer in self._configured)

    def bring(self, adapters: Sequence[Adapter]) -> None:
        """Have these of the site's own, whatever the configuration file says."""
        self._brought = tuple(adapters)
        if self._found is not None:
            self.configure(self._configured)


REGISTRY = Registry()


def own_modules() -> Iterator[ModuleType]:
    """The modules of this folder that are providers: those without an underscore."""
    package = import_module("providers")
    for found in pkgutil.iter_modules(package.__path__):
        if not found.name.startswith("_"):
            yield import_module(f"{package.__name__}.{found.name}")


def by_kind(adapters: Iterable[Adapter]) -> dict[str, Adapter]:
    """Adapters under their kind. Of two with the same kind the first stays."""
    found: dict[str, Adapter] = {}
    for adapter in adapters:
        if found.setdefault(adapter.kind, adapter) is not adapter:
            logger.warning("There is more than one provider of the kind %s; the first one is used.", adapter.kind)
    return found


@cache
def built_in() -> dict[str, Adapter]:
    """Our own adapters by kind, found once per process."""
    return by_kind(adapter for module in own_modules() for adapter in adapters_in(module))


def gathered(configured: Iterable[Offer], brought: Iterable[Adapter] = ()) -> Found:
    """Our own and the site's, then the configuration file's, then those of packages: nobody replaces others."""
    offers, not_loaded = packaged()
    adapters, left_out = by_kind((*built_in().values(), *brought)), list(not_loaded)
    sources: dict[str, Source] = {}
    for offer in (*configured, *offers):
        kind = offer.adapter.kind
        if adapters.setdefault(kind, offer.adapter) is offer.adapter:
            sources[kind] = offer.source
        else:
            whose = sources[kind].name if kind in sources else "ThinkBack"
            left_out.append(LeftOut(kind, offer.source, f"there is a provider of this kind already, of {whose}"))
    return Found(adapters, sources, tuple(left_out))


def configure(offers: Iterable[Offer]) -> None:
    """Have these adapters of the configuration file in the place of those that were there before."""
    REGISTRY.configure(offers)


def configured() -> frozenset[str]:
    """The kinds that the configuration file brings now: another one may take their place."""
    return REGISTRY.configured


def bring(adapters: Sequence[Adapter]) -> None:
    """Have these adapters, which answer inside the site, in the place of those that it brought before."""
    REGISTRY.bring(adapters)


def get(kind: str) -> Adapter:
    """The adapter of this kind. Raises KeyError."""
    return REGISTRY.found.adapters[kind]


def source_of(kind: str) -> Source | None:
    """Who brings the adapter of this kind; None for our own."""
    return REGISTRY.found.sources.get(kind)


def left_out() -> tuple[LeftOut, ...]:
    """The plug-ins that are installed and not used."""
    return REGISTRY.found.left_out


def available() -> tuple[Adapter, ...]:
    """Every adapter by its label; those that answer by themselves, without a service, come last."""
    by_label = sorted(REGISTRY.found.adapters.values(), key=lambda adapter: adapter.label.lower())
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
