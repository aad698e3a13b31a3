"""Which models a user can choose from, and which one a page begins with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

import providers
from providers import Adapter, Model
from thinkback.chat.models import Conversation
from thinkback.connections import practice
from thinkback.connections.lookup import Choice
from thinkback.presets.built_in import BuiltIn
from thinkback.presets.models import Preset
from thinkback.routing import aliases
from thinkback.routing.aliases import Alias, Target

FIRST = ("openai", "anthropic", "google", "openrouter", "mistral", "custom")  # only the order; any other follows
TILES = 6
FAVOURITES = "*"  # what stands in the place of a connection's name over favourites; no connection has this name


@dataclass(frozen=True, slots=True)
class Option:
    """One model in the picker."""

    slug: str
    model: str
    label: str
    name: str  # the connection's
    note: str  # context size and abilities, in words
    tools: bool  # whether it can use them, as far as anybody knows
    images: bool = True  # likewise, whether it sees them
    favourite: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The models of one connection; the favourites of all that work stand before, in one of their own."""

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
    tools: bool
    images: bool = True


def sections(choices: Sequence[Choice], known: Iterable[Alias] = ()) -> list[Section]:
    """The picker's content: favourites, then aliases; what does not work now stands last."""
    working = [choice for choice in choices if choice.ready and not choice.failing]
    liked = tuple(option for choice in working for option in _options(choice, favourite=True))
    named = tuple(_aliases(choices, known))
    found = [Section(FAVOURITES, _("Favourites"), liked, ready=True, failing=False)] if liked else []
    found += [Section(aliases.SLUG, _("Aliases"), named, ready=True, failing=False)] if named else []
    for choice in sorted(choices, key=lambda choice: choice.failing):
        options = tuple(_options(choice, favourite=False if choice in working else None))
        if options or not choice.models:
            found.append(Section(choice.slug, choice.name, options, choice.ready, choice.failing))
    return found


def choose(
    found: Sequence[Section],
    choices: Sequence[Choice],
    last: Conversation | Preset | BuiltIn | None,
    wanted: str = "",
) -> Chosen | None:
    """The wanted model (`connection/model`), else the one used last, if it is still there; else a default one."""
    offered = [option for section in found if section.ready for option in section.options]
    for name in (wanted, "" if last is None else f"{last.slug}/{last.model}"):
        for option in offered:
            if f"{option.slug}/{option.model}" == name:
                return _chosen(option)
    for choice in sorted(choices, key=lambda choice: choice.failing):
        own = [option for option in offered if option.slug == choice.slug]
        if own:
            return _chosen(next((option for option in own if option.model == choice.default_model), own[0]))
    return _chosen(offered[0]) if offered else None


def offered() -> list[Adapter]:
    """The providers on the tiles of a page that has none yet: those most people have a key of, then any other."""
    found = [adapter for adapter in providers.available() if adapter.transport() is None]
    return sorted(found, key=lambda adapter: FIRST.index(adapter.kind) if adapter.kind in FIRST else len(FIRST))[:TILES]


def needs_provider(choices: Sequence[Choice]) -> bool:
    """Whether the user has nothing yet but what answers by itself."""
    return not any(choice.ready for choice in choices if choice.slug != practice.KIND)


def _chosen(option: Option) -> Chosen:
    return Chosen(option.slug, option.model, option.label, option.name, option.tools, option.images)


def _aliases(choices: Sequence[Choice], known: Iterable[Alias]) -> Iterator[Option]:
    """The aliases that stand for anything that this user has."""
    ready = {choice.slug for choice in choices if choice.ready}
    for alias in known:
        targets = [target for target in alias.targets if target.slug in ready]
        if targets or (not alias.targets and ready - {practice.KIND}):
            note = alias.description or _stands_for(targets)
            yield Option(aliases.SLUG, alias.name, alias.name, _("Aliases"), note, tools=True)


def _stands_for(targets: Sequence[Target]) -> str:
    if not targets:
        return _("any of your models")
    more = _(" and %(count)s more") % {"count": len(targets) - 1} if targets[1:] else ""
    return targets[0].model + more


def _options(choice: Choice, *, favourite: bool | None) -> list[Option]:
    """Its favourites, the others, or all of them for None."""
    return [
        Option(
            choice.slug,
            entry.id,
            entry.label or entry.id,
            choice.name,
            _note(entry),
            choice.tools and entry.tools is not False,
            choice.images and entry.images is not False,
            entry.favourite,
        )
        for entry in choice.models
        if favourite is None or entry.favourite is favourite
    ]


def _note(model: Model) -> str:
    stated = (
        (_("images"), model.images),
        (_("reasoning"), model.reasoning),
        (_("tools"), model.tools),
        (_("draws"), model.draws),
    )
    return " · ".join(filter(None, (_size(model.context), *(word for word, is_so in stated if is_so))))


def _size(tokens: int | None) -> str:
    if tokens is None:
        return ""
    return f"{tokens / 1_000_000:.3g}M" if tokens >= 1_000_000 else f"{tokens // 1000}k"
