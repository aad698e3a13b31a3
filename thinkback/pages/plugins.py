"""The plug-ins that bring providers: those in use, and those that are left out and why."""

from __future__ import annotations

from dataclasses import dataclass

import providers
from providers import Source


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
