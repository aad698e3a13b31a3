"""Which models a user can choose from, and which one a page begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import providers
from providers import Adapter
from thinkback.chat.models import Conversation
from thinkback.connections import practice
from thinkback.connections.lookup import Choice

FIRST = ("openai", "anthropic", "google", "openrouter", "mistral", "custom")  # only the order; any other follows
TILES = 6


@dataclass(frozen=True, slots=True)
class Option:
    """One model in the picker."""

    slug: str
    model: str
    label: str
    note: str  # context size and abilities, in words


@dataclass(frozen=True, slots=True)
class Section:
    """The models of one connection."""

    slug: str
    name: str
    options: tuple[Option, ...]
    ready: bool
    failing: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The model that a page begins with; `name` is the connection's."""

    slug: str
    model: str
    label: str
    name: str


def sections(choices: Sequence[Choice]) -> list[Section]:
    """The picker's content; what does not work now stands last."""
    return [
        Section(choice.slug, choice.name, tuple(_options(choice)), choice.ready, choice.failing)
        for choice in sorted(choices, key=lambda choice: choice.failing)
    ]


def choose(found: Sequence[Section], choices: Sequence[Choice], last: Conversation | None) -> Chosen | None:
    """The model used last if it is still there; else the default one of the first connection that works."""
    if last is not None:
        for section in found:
            for option in section.options:
                if (option.slug, option.model) == (last.slug, last.model) and section.ready:
                    return _chosen(section, option)
    defaults = {choice.slug: choice.default_model for choice in choices}
    for section in found:
        if section.ready and section.options:
            wanted = [option for option in section.options if option.model == defaults[section.slug]]
            return _chosen(section, (wanted or section.options)[0])
    return None


def offered() -> list[Adapter]:
    """The providers on the tiles of a page that has none yet: those most people have a key of, then any other."""
    found = [adapter for adapter in providers.available() if adapter.transport() is None]
    return sorted(found, key=lambda adapter: FIRST.index(adapter.kind) if adapter.kind in FIRST else len(FIRST))[:TILES]


def needs_provider(found: Sequence[Section]) -> bool:
    """Whether the user has nothing yet but what answers by itself."""
    return not any(section.ready for section in found if section.slug != practice.KIND)


def _chosen(section: Section, option: Option) -> Chosen:
    return Chosen(option.slug, option.model, option.label, section.name)


def _options(choice: Choice) -> list[Option]:
    return [
        Option(choice.slug, entry.id, entry.label or entry.id, _note(entry.context, entry.images, entry.reasoning))
        for entry in choice.models
    ]


def _note(context: int | None, images: bool | None, reasoning: bool | None) -> str:
    parts = [_size(context), "images" if images else "", "reasoning" if reasoning else ""]
    return " · ".join(part for part in parts if part)


def _size(tokens: int | None) -> str:
    if tokens is None:
        return ""
    return f"{tokens / 1_000_000:.3g}M" if tokens >= 1_000_000 else f"{tokens // 1000}k"
