"""A conversation as Markdown, for people: the branch that is shown, with what stands beside the answers folded away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from html import escape

import yaml

from thinkback.transfer.document import Call, Chat, File, Part, Source, Thought, Turn, Words

TAIL = re.compile(r"</(details|summary)", re.IGNORECASE)
TICKS = re.compile(r"`{3,}")
# What would be more than text; the _ in snake_case is not.
SIGNS = re.compile(r"[\\`*<$~]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")


def plain(name: str) -> str:
    """A name in one line, which a reader of Markdown takes for nothing but text."""
    signs = SIGNS.sub(r"\\\g<0>", _line(name))
    return signs.replace("[", "&#91;").replace("]", "&#93;")  # to some readers, \[ begins a formula


def markdown(chat: Chat) -> str:
    """The whole text, ending in a line break."""
    branch = branch_of(chat)
    blocks = [_front(chat, branch), f"# {plain(chat.title) or 'New chat'}"]
    if chat.system:
        blocks += ["## System prompt", chat.system]
    for turn in branch:
        blocks += _turn(turn)
    return "\n\n".join(block.strip("\n") for block in blocks if block.strip()) + "\n"


def branch_of(chat: Chat, leaf: int | None = None) -> list[Turn]:
    """The messages from the first one to `leaf`, or to the end of what is shown."""
    turns = {turn.number: turn for turn in chat.messages}
    number = leaf or chat.shown or (chat.messages[-1].number if chat.messages else None)
    found: list[Turn] = []
    while number is not None and (turn := turns.pop(number, None)) is not None:
        found.append(turn)
        number = turn.parent
    return found[::-1]


def _front(chat: Chat, branch: list[Turn]) -> str:
    facts: dict[str, object] = {
        "title": chat.title,
        "created": _time(chat.created_at),
        "updated": _time(chat.updated_at),
    }
    facts |= {name: value for name, value in (("folder", chat.folder), ("tags", chat.tags)) if value}
    facts |= {"models": sorted({turn.model for turn in branch if turn.model})} | _sums(branch)
    if len(branch) < len(chat.messages):
        facts["messages_in_other_branches"] = len(chat.messages) - len(branch)
    return f"---\n{yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=1000)}---"


def _sums(branch: list[Turn]) -> dict[str, object]:
    usages = [turn.usage for turn in branch if turn.usage]
    costs = [Decimal(usage.cost_usd) for usage in usages if usage.cost_usd is not None]
    if not usages:
        return {}
    return {
        "input_tokens": sum(usage.input_tokens or 0 for usage in usages),
        "output_tokens": sum(usage.output_tokens or 0 for usage in usages),
        "cost_usd": f"{sum(costs, Decimal(0)).normalize():f}" if costs else None,
    }


def _turn(turn: Turn) -> Iterator[str]:
    yield f"## {'You' if turn.role == 'user' else plain(turn.model) or 'Assistant'}"
    yield from (_file(file) for file in turn.files)
    for part in [part for said in turn.rounds for part in said] or [Thought(turn.reasoning), Words(turn.text)]:
        yield _part(part)
    if turn.error is not None:
        yield f"> This answer failed: {plain(turn.error.message or turn.error.type)}"
    elif turn.status != "done":
        yield f"> This answer was {'stopped' if turn.status == 'stopped' else 'interrupted'}."


def _part(part: Part) -> str:
    match part:
        case Words():
            return part.text
        case Thought():
            return _folded("Reasoning", part.text)
        case File():
            return _file(part)
        case Source():
            return f"- Source: [{plain(part.title or part.url)}](<{_address(part.url)}>)"
        case Call():
            return _folded(f"Tool: {part.label or part.name}", f"{_fenced(part.arguments)}\n\n{_fenced(part.result)}")


def _file(file: File) -> str:
    name = plain(file.name)
    if not file.path:
        return f"*{name} is not in this archive*"
    return f"{'!' if file.media_type.startswith('image/') else ''}[{name}](../{file.path})"


def _folded(summary: str, text: str) -> str:
    """What a reader opens if he wants it. The text cannot close it early."""
    if not text.strip():
        return ""
    safe = TAIL.sub(r"&lt;/\1", text)
    return f"<details>\n<summary>{escape(_line(summary), quote=False)}</summary>\n\n{safe.strip()}\n\n</details>"


def _fenced(text: str) -> str:
    if not text:
        return ""
    longest = max((len(ticks) for ticks in TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{'json' if _is_json(text) else ''}\n{text.rstrip()}\n{fence}"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _line(text: str) -> str:
    return " ".join(text.split())


def _address(url: str) -> str:
    return _line(url).replace("<", "%3C").replace(">", "%3E")


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
