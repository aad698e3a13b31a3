"""The aliases in force: a name that stands for models, and how one of them is chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from thinkback.routing.selectors import Selector

SLUG = "@"  # what stands in the place of a connection's name where an alias was chosen; no connection has this name
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

Choose = Literal["order", "weights", "auto"]
Prefer = Literal["balanced", "cost", "latency", "quality"]
Sticky = Literal["conversation", "user", "none"]


@dataclass(frozen=True, slots=True)
class Target:
    """One model that an alias may stand for, by the name of the user's connection and its own."""

    slug: str
    model: str
    weight: float = 1.0  # 0: only where every other one failed
    quality: float | None = None  # from 0 to 10; None: guessed (`ability`)

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.slug}/{self.model}"


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for models, and how one of them is chosen; the others follow where it fails."""

    name: str
    targets: tuple[Target, ...] = ()  # none under `auto`: every model of whoever asks
    choose: Choose = "order"
    prefer: Prefer = "balanced"  # under `auto`
    sticky: Sticky = "conversation"  # what keeps its model under `weights`
    description: str = ""
    selector: Selector | None = None


class Aliases:
    """Those that the configuration file names."""

    def __init__(self) -> None:
        self.known: Mapping[str, Alias] = {}

    def set(self, found: Mapping[str, Alias]) -> None:
        """Have these, from now on."""
        self.known = found

    def find(self, name: str) -> Alias | None:
        """The alias of this name; `auto:cost` is the alias `auto` with another strategy."""
        stem, _, prefer = name.partition(":")
        alias = self.known.get(stem)
        if not prefer or alias is None:
            return alias
        strategies: tuple[Prefer, ...] = get_args(Prefer) if alias.choose == "auto" else ()
        return next((replace(alias, prefer=known) for known in strategies if known == prefer), None)


ALIASES = Aliases()
