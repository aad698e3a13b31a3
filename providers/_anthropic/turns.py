"""The turns of a conversation for formats whose roles alternate and whose parts are blocks: Anthropic's, Bedrock's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from providers._events import Reasoning, ToolCall
from providers._json import decode
from providers._prompt import Message, Part, Prompt, Tool, ToolResult

NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_-]")
LONGEST_ID = 64
READABLE = frozenset({"application/json", "application/xml", "application/yaml", "application/x-yaml"})


@dataclass(slots=True)
class Turn:
    """What one role says until the other does."""

    role: str
    parts: list[Part]


def turns(messages: Iterable[Message]) -> list[Turn]:
    """Neighbours of one role are one turn, empty turns are none, and what tools answered comes before anything else."""
    made: list[Turn] = []
    for message in messages:
        parts = proven(message.parts)
        if not parts:
            continue
        if not made or made[-1].role != message.role:
            made.append(Turn(message.role, []))
        made[-1].parts.extend(parts)
    for turn in made:
        turn.parts.sort(key=lambda part: not isinstance(part, ToolResult))
    return made


def proven(parts: Iterable[Part]) -> list[Part]:
    """The parts with reasoning in whole blocks, as it was signed or sealed; what nobody signed is left out."""
    kept: list[Part] = []
    pieces: list[str] = []
    for part in parts:
        if isinstance(part, Reasoning) and not part.hidden:
            pieces.append(part.text)
            if not part.signature:
                continue
            part = Reasoning("".join(pieces), part.signature)
        kept.append(part)
        pieces.clear()
    return kept


def opens(said: list[Turn], fields: Mapping[str, Any]) -> bool:
    """Whether the model can think here as these fields say: given a budget, it cannot begin to amid its calls."""
    if "budget_tokens" not in fields.get("thinking", {}) or len(said) < 2:
        return True
    amid = any(isinstance(part, ToolResult) for part in said[-1].parts)
    return not amid or isinstance(said[-2].parts[0], Reasoning)


def called(prompt: Prompt) -> tuple[str, ...]:
    """The names of the tools that were called so far."""
    parts = (part for message in prompt.messages for part in message.parts)
    return tuple(dict.fromkeys(part.name for part in parts if isinstance(part, ToolCall)))


def offered(prompt: Prompt) -> tuple[Tool, ...]:
    """The tools of a prompt; without any, those that were called before: a conversation with calls needs them named."""
    return prompt.tools or tuple(Tool(name) for name in called(prompt))


def schema_of(tool: Tool) -> dict[str, Any]:
    """The schema of a tool's arguments, which are an object always."""
    return {"type": "object", **tool.parameters}


def call_id(given: str) -> str:
    """An id of a call as these services take it; another one may have made it in its own way."""
    return NOT_IN_AN_ID.sub("_", given)[-LONGEST_ID:] or "call"


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """The arguments as an object; text that is none, such as that of a call cut short, stands under one name."""
    found = decode(call.arguments.encode("utf-8", "replace")) if call.arguments.strip() else {}
    return found if isinstance(found, dict) else {"arguments": call.arguments}


def closed(schema: Any) -> Any:
    """The schema with every object closed to further properties, unless it says otherwise: the service demands it."""
    if isinstance(schema, list | tuple):
        return [closed(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    made = {name: closed(value) for name, value in schema.items()}
    return {"additionalProperties": False, **made} if made.get("type") == "object" else made


def is_plain(media_type: str) -> bool:
    """Whether files of this type are text."""
    return media_type.startswith("text/") or media_type in READABLE
