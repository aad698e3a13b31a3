"""The sections that the file may have. Each is read whole before any is put in force."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from thinkback.configuration import aliases, middleware, providers, shared
from thinkback.configuration.document import Document, Invalid

Apply = Callable[[], None]
SECTIONS = ("aliases", "middleware", "providers", "shared")


def read(document: Document) -> list[Apply]:
    """What puts the whole file in force; a section that is not there is empty. Raises Invalid."""
    data = {} if document.data is None else document.data
    if not isinstance(data, dict):
        raise Invalid(f"has sections: {', '.join(SECTIONS)}")
    unknown = next((name for name in data if name not in SECTIONS), None)
    if unknown is not None:
        raise Invalid(f"there is no section {unknown!r}; there are: {', '.join(SECTIONS)}", (unknown,))
    brought = providers.brought(data.get("providers"))
    return [
        middleware.read(data.get("middleware")),
        partial(providers.put, brought),
        shared.read(data.get("shared"), {offer.adapter.kind: offer.adapter for offer in brought}),
        aliases.read(data.get("aliases")),
    ]
