"""The sections that the file may have. Each is read whole before any is put in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinkback.configuration import middleware, providers
from thinkback.configuration.document import Document, Invalid

Apply = Callable[[], None]
# A section's reader takes its value (None: it is not there) and gives what puts it in force. Raises Invalid.
SECTIONS: dict[str, Callable[[Any], Apply]] = {"middleware": middleware.read, "providers": providers.read}


def read(document: Document) -> list[Apply]:
    """What puts the whole file in force. Raises Invalid."""
    data = {} if document.data is None else document.data
    if not isinstance(data, dict):
        raise Invalid(f"has sections: {', '.join(SECTIONS)}")
    unknown = next((name for name in data if name not in SECTIONS), None)
    if unknown is not None:
        raise Invalid(f"there is no section {unknown!r}; there are: {', '.join(SECTIONS)}", (unknown,))
    return [section(data.get(name)) for name, section in SECTIONS.items()]
