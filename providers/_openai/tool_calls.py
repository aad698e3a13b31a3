"""Puts tool calls together from the fragments in which OpenAI-format streams send them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers._events import ToolCall
from providers._json import encode


@dataclass(slots=True)
class Pieces:
    """One call that is being put together."""

    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)
    signature: str = ""

    def whole(self) -> ToolCall:
        """The call; no arguments at all are an empty object."""
        return ToolCall(self.id, self.name, "".join(self.arguments) or "{}", self.signature)


class ToolCalls:
    """Fragments in, whole calls out. The index alone decides nothing: some services leave it out, some always say 0.

    A new id or a new name begins a call; arguments alone belong to the call of that index, else to the last one.
    """

    def __init__(self) -> None:
        self._calls: list[Pieces] = []
        self._by_index: dict[int, Pieces] = {}

    def add(self, fragment: Any) -> None:
        """Take one fragment of `tool_calls`."""
        if not isinstance(fragment, Mapping):
            return
        function = fragment.get("function")
        function = function if isinstance(function, Mapping) else {}
        identity, name = text(fragment.get("id")), text(function.get("name"))
        index = fragment.get("index")
        pieces = self._find(identity, name, self._by_index.get(index) if isinstance(index, int) else None)
        pieces.id, pieces.name = pieces.id or identity, pieces.name or name
        if isinstance(extra := fragment.get("extra_content"), Mapping) and extra:  # Google's proof, at its endpoint
            pieces.signature = encode(extra).decode()
        arguments = function.get("arguments")
        if arguments is not None:
            pieces.arguments.append(arguments if isinstance(arguments, str) else encode(arguments).decode())
        if isinstance(index, int):
            self._by_index[index] = pieces

    def take(self) -> Iterator[ToolCall]:
        """The calls so far, whole; they are not given out again."""
        calls, self._calls = self._calls, []
        self._by_index.clear()
        return (pieces.whole() for pieces in calls)

    def _find(self, identity: str, name: str, known: Pieces | None) -> Pieces:
        if identity:
            same = [pieces for pieces in self._calls if pieces.id == identity]
            found = same[-1] if same else known if known is not None and not known.id else None
        elif name:
            found = known if known is not None and known.name in ("", name) else None
        else:
            found = known or (self._calls[-1] if self._calls else None)
        if found is None:
            found = Pieces()
            self._calls.append(found)
        return found


def text(value: Any) -> str:
    """A text; nothing for anything else."""
    return value if isinstance(value, str) else ""
