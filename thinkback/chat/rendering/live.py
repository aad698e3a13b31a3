"""A text that is still growing: blocks that are finished stay as they are, only the last one is rendered again."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from thinkback.chat.rendering.finishing import finish
from thinkback.chat.rendering.markdown import TooComplex, convert
from thinkback.chat.rendering.outline import Piece, pieces


@dataclass(frozen=True, slots=True)
class Block:
    """One block on the page. A higher version of the same index replaces a lower one, so sending again is harmless."""

    index: int
    version: int
    html: str


@dataclass(frozen=True, slots=True)
class Live:
    """What has been rendered so far: the blocks, and how far into the text the finished ones reach."""

    blocks: tuple[Block, ...] = ()
    finished: int = 0  # blocks that will not change any more
    offset: int = 0  # characters of the text that they cover
    version: int = 0

    def since(self, version: int) -> tuple[Block, ...]:
        """The blocks that changed after a version."""
        return tuple(block for block in self.blocks if block.version > version)


def advance(live: Live, text: str, prefix: str = "") -> Live:
    """Render what was added to a text. Pure, so that it can run in a thread while readers use the older state."""
    if len(text) == live.offset and live.blocks:
        return live
    version = live.version + 1
    tail = text[live.offset :]
    done, rest = _split(tail)
    blocks = [*live.blocks[: live.finished]]
    for piece in done:
        blocks.append(Block(len(blocks), version, finish(piece.html, prefix)))
    finished = len(blocks)
    blocks.append(Block(finished, version, _open(tail[rest:], prefix)))
    return Live(tuple(blocks), finished, live.offset + rest, version)


def _split(tail: str) -> tuple[list[Piece], int]:
    """The blocks of a tail that no further line can change, and the offset at which the open one starts.

    Markdown is parsed line by line: once a new top-level block has begun, the ones before it are closed. A last line
    without its end does not count, since what it begins is not known yet.
    """
    complete = tail[: tail.rfind("\n") + 1]
    try:
        found = [piece for piece in pieces(convert(complete)) if not piece.is_footnotes]
    except TooComplex:
        return [], 0
    last = next((n for n in range(len(found) - 1, 0, -1) if found[n].line is not None), 0)
    if last == 0:
        return [], 0
    offset = _offset_of(complete, found[last].line or 1)
    # The last line of a paragraph can turn out to head a table; read without the paragraph it might be something else.
    splits_paragraph = found[last].html.startswith("<table") and not complete[:offset].endswith("\n\n")
    return ([], 0) if splits_paragraph else (found[:last], offset)


def _offset_of(text: str, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = text.index("\n", offset) + 1
    return offset


def _open(tail: str, prefix: str) -> str:
    try:
        found = pieces(convert(tail))
        last = len(found) - 1
        return "".join(finish(piece.html, prefix, is_open=n == last) for n, piece in enumerate(found))
    except TooComplex:
        return f'<pre class="plain">{escape(tail, quote=False)}</pre>'
