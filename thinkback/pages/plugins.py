"""What is brought from outside: plug-ins in use, and those that are left out and why; providers that are shared."""

from __future__ import annotations

from dataclasses import dataclass

import providers
from providers import Source
from thinkback.connections.shared import SHARED
from thinkback.connections.targets import destination_of


@dataclass(frozen=True, slots=True)
class Plugin:
    """One provider that is not ours, by its label, or what was to bring one; `reason` where it is left out."""

    label: str
    source: Source
    reason: str = ""


def plugins() -> list[Plugin]:
    """Those that are left out, then those in use."""
    adapters = ((adapter.label, providers.source_of(adapter.kind)) for adapter in providers.available())
    left_out = [Plugin(one.name, one.source, one.reason) for one in providers.left_out()]
    return left_out + [Plugin(label, source) for label, source in adapters if source is not None]


@dataclass(frozen=True, slots=True)
class SharedLine:
    """One provider of the administrator's, for the administrator; without its key."""

    name: str
    slug: str
    host: str
    people: str  # whom it is for; empty for everybody


def shared() -> list[SharedLine]:
    """Those that the configuration file shares."""
    rows = [(one, one.row(0)) for one in SHARED.known.values()]
    return [SharedLine(row.name, one.slug, destination_of(row), ", ".join(sorted(one.users))) for one, row in rows]
