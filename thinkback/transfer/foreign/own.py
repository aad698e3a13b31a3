"""Our own export: read strictly, for it may have been changed on the way."""

from __future__ import annotations

from typing import Any

import msgspec

from thinkback.chat.wellformed import wellformed
from thinkback.transfer.document import FORMAT, VERSION, Chat, Turn
from thinkback.transfer.foreign.values import Assets, Incoming, Unfit


def opened(raw: dict[str, Any]) -> list[Any] | None:
    """The conversations of a document of ours; None where it is none. Raises Unfit for one from the future."""
    if raw.get("format") != FORMAT:
        return None
    if raw.get("version") != VERSION:
        raise Unfit("It was made by a newer ThinkBack. Update this one first.")
    chats = raw.get("conversations")
    return chats if isinstance(chats, list) else []


def fits(raw: dict[str, Any]) -> bool:
    """Whether this is a conversation of such a document."""
    return isinstance(raw.get("origin"), str) and isinstance(raw.get("messages", []), list)


def read(raw: dict[str, Any], assets: Assets) -> Incoming:
    """The conversation. Raises Unfit."""
    try:
        chat = msgspec.convert(_storable(raw), Chat)
    except (msgspec.ValidationError, RecursionError) as error:
        raise Unfit(f"It does not have the form of an export: {error}.") from error
    seen: set[int] = set()
    for turn in chat.messages:
        _check(turn, seen)
        seen.add(turn.number)
    if chat.shown is not None and chat.shown not in seen:
        raise Unfit("The message that is shown last is not in it.")
    return Incoming(chat)


def _storable(value: Any) -> Any:
    """The same JSON with every text in it as it may be stored."""
    if isinstance(value, dict):
        return {name: _storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return wellformed(value) if isinstance(value, str) else value


def _check(turn: Turn, seen: set[int]) -> None:
    if turn.number in seen:
        raise Unfit(f"It has two messages {turn.number}.")
    if turn.parent is not None and turn.parent not in seen:
        raise Unfit(f"Message {turn.number} answers one that is not before it.")
