"""What somebody else's code brings, by the name that the file gives it."""

from __future__ import annotations

from importlib import import_module, metadata
from typing import Any

from thinkback.configuration.document import Invalid, Path


def found(use: str, group: str, path: Path) -> Any:
    """What `module:name` is, or what an installed package offers in a group; None for nothing. Raises Invalid."""
    try:
        if ":" in use:
            module, _, name = use.partition(":")
            return getattr(import_module(module), name)
        return next((entry.load() for entry in metadata.entry_points(group=group, name=use)), None)
    except Exception as error:  # noqa: BLE001 - it is somebody else's code
        raise Invalid(f"{use} cannot be loaded ({type(error).__name__})", path) from None
