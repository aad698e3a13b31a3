"""A shared conversation as HTML, rendered in a thread of its own: strangers wait for each other, nobody for them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from thinkback.chat.rendering import render
from thinkback.sharing.models import Link
from thinkback.sharing.picturing import files_of
from thinkback.transfer.document import Call, Chat, File, Part, Source, Thought, Turn, Words
from thinkback.transfer.markdown import branch_of

THREAD = ThreadPoolExecutor(1, thread_name_prefix="shared-rendering")
WINDOW = 100  # messages of a page
KEPT, KEPT_LENGTH = 64, 2_000_000  # pages that are remembered, and the characters of one


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a message, ready to be shown: `kind` says which of the others it has."""

    kind: str  # text, reasoning, call, source, file
    html: SafeString = mark_safe("")
    call: Call | None = None
    source: Source | None = None
    file: File | None = None
    place: int = 0  # of a file that is there, counted from 1


@dataclass(frozen=True, slots=True)
class Said:
    """A message with its pieces, and where it stands among its versions."""

    turn: Turn
    pieces: list[Piece]
    position: int = 1
    count: int = 1
    previous: int | None = None
    following: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What of a branch is shown: from one message on, and where it goes on."""

    said: list[Said]
    leaf: int | None
    later: int | None


_pages: OrderedDict[tuple[UUID, datetime, int | None, int], Page] = OrderedDict()


async def page_of(link: Link, at: int | None, start: int) -> Page:
    """The branch through message `at`, from its `start`th message on."""
    key = (link.id, link.renewed_at, at, start)
    if key in _pages:
        _pages.move_to_end(key)
        return _pages[key]
    page = await asyncio.get_running_loop().run_in_executor(THREAD, _page, link.chat, at, start)
    if sum(len(piece.html) for said in page.said for piece in said.pieces) < KEPT_LENGTH:
        _pages[key] = page
        if len(_pages) > KEPT:
            _pages.popitem(last=False)
    return page


def places(chat: Chat) -> list[str]:
    """The files of a shared conversation in order, as its addresses count them."""
    return list(dict.fromkeys(file.path for turn in chat.messages for file in files_of(turn) if file.path))


def _page(chat: Chat, at: int | None, start: int) -> Page:
    leaf = _end(chat, at)
    branch = branch_of(chat, leaf)
    numbered = {place: number for number, place in enumerate(places(chat), 1)}
    said = [_said(chat, turn, numbered) for turn in branch[start : start + WINDOW]]
    return Page(said, leaf, start + WINDOW if len(branch) > start + WINDOW else None)


def _end(chat: Chat, at: int | None) -> int | None:
    """The end of the newest branch through a message; of what is shown without one."""
    if at is None or all(turn.number != at for turn in chat.messages):
        return chat.shown
    newest = {turn.parent: turn.number for turn in chat.messages}
    while at in newest:
        at = newest[at]
    return at


def _said(chat: Chat, turn: Turn, numbered: dict[str, int]) -> Said:
    parts: list[Part] = [part for said in turn.rounds for part in said]
    parts = parts or [Thought(turn.reasoning), Words(turn.text)]
    pieces = [_piece(part, f"s{turn.number}-{place}-", numbered) for place, part in enumerate([*turn.files, *parts])]
    versions = [one.number for one in chat.messages if one.parent == turn.parent]
    place = versions.index(turn.number)
    following = versions[place + 1] if place + 1 < len(versions) else None
    return Said(turn, pieces, place + 1, len(versions), versions[place - 1] if place else None, following)


def _piece(part: Part, prefix: str, numbered: dict[str, int]) -> Piece:
    match part:
        case Words():
            return Piece("text", _html(part.text, prefix))
        case Thought():
            return Piece("reasoning", _html(part.text, prefix))
        case Call():
            return Piece("call", call=part)
        case Source():
            return Piece("source", source=part)
        case File():
            return Piece("file", file=part, place=numbered.get(part.path, 0))


def _html(text: str, prefix: str) -> SafeString:
    return mark_safe(render(text, prefix) if text else "")  # noqa: S308 - sanitised
