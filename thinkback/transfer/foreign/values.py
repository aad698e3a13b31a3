"""What the readers share: values that may be anything, trees that may be anything, and what was left out of them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from thinkback.chat.wellformed import wellformed
from thinkback.transfer.document import Chat, File

MOST_NODES = 50_000  # messages of one conversation
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Assets = Callable[[str], str]  # the id of a file → its place in the archive, "" where it is not there
Made = TypeVar("Made")


class Unfit(ValueError):
    """A conversation that cannot be read, with the reason for people."""


@dataclass(slots=True)
class Incoming:
    """A conversation that was read, and what of it was not."""

    chat: Chat
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Node:
    """A message of a foreign tree: what it was called there and what it answers."""

    id: str
    parent: str | None
    value: Any


def text(value: object) -> str:
    """A text as it may be stored; "" for what is none."""
    return wellformed(value) if isinstance(value, str) else ""


def mapping(value: object) -> dict[str, Any]:
    """An object; {} for what is none."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """A list; [] for what is none."""
    return value if isinstance(value, list) else []


def moment(value: object) -> datetime | None:
    """A time, told as seconds or milliseconds since 1970 or in ISO 8601; None for what is none."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            found = datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return found if EARLIEST < found < LATEST else None


def first_moment(*values: object) -> datetime:
    """The first of these that is a time. The start of ThinkBack's own reckoning where none is: never now."""
    return next((found for value in values if (found := moment(value))), EARLIEST)


def in_tree(nodes: Iterable[Node]) -> Iterator[tuple[Node, str | None]]:
    """The nodes, each after its parent, in the order in which they were given; what hangs in a circle is left out.

    A node whose parent is not there is a beginning of its own.
    """
    known = {node.id: node for node in nodes}
    if len(known) > MOST_NODES:
        raise Unfit(f"It has more than {MOST_NODES:,} messages.")
    children: defaultdict[str | None, list[Node]] = defaultdict(list)
    for node in known.values():
        children[node.parent if node.parent in known else None].append(node)
    waiting = children[None][::-1]
    while waiting:
        node = waiting.pop()
        yield node, node.parent if node.parent in known else None
        waiting += children[node.id][::-1]


def with_missing(said: str, files: Iterable[File]) -> str:
    """A text, and below it the names of the files that did not come with it."""
    lines = [f"[{file.name}]" for file in files if not file.path]
    return "\n\n".join(filter(None, (said, "\n".join(lines))))


def missing(files: Iterable[File]) -> list[str]:
    """What is said of files that are not in the archive."""
    names = [file.name for file in files if not file.path]
    if not names:
        return []
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return [f"Not in the file: {', '.join(names[:3])}{more}."]
