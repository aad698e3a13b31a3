"""How Practice takes part in a round of tools: `use NAME {"a": 1}` calls one, and it says what came back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from providers._json import decode_whole, encode
from providers._openai.tool_calls import text
from providers._practice.json import example

USE = re.compile(r"^[ \t]*use[ \t]+([\w.:/-]{1,200})[ \t]*(\{.*\})?[ \t]*$", re.MULTILINE | re.IGNORECASE)
MOST = 16  # calls in one answer
Tools = Mapping[str, Mapping[str, Any]]  # name → schema of the arguments
Call = tuple[str, str]  # the tool's name, and its arguments as JSON


class Misused(Exception):
    """A call that cannot be made, in words for whoever asked for it."""


def offered(body: Mapping[str, Any]) -> Tools:
    """The tools of a request that may be called."""
    rows = body.get("tools")
    if not isinstance(rows, list) or body.get("tool_choice") == "none":
        return {}
    functions = [row["function"] for row in rows if isinstance(row, dict) and isinstance(row.get("function"), dict)]
    return {name: inner for row in functions if (name := text(row.get("name"))) for inner in [schema_of(row)]}


def schema_of(function: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a tool's arguments."""
    schema = function.get("parameters")
    return schema if isinstance(schema, dict) else {"type": "object"}


def wanted(said: str, body: Mapping[str, Any]) -> list[Call]:
    """The calls that the last words ask for, one a line; else the one that `tool_choice` insists on. Raises Misused."""
    tools = offered(body)
    calls = [call for found in USE.finditer(said) for call in called(found[1], found[2], tools)][:MOST]
    if not calls and tools and (name := insisted(body.get("tool_choice"), tools)):
        calls = [(name, arguments_of(tools[name]))]
    return calls[:1] if body.get("parallel_tool_calls") is False else calls


def called(name: str, arguments: str | None, tools: Tools) -> Iterator[Call]:
    """The call that one line asks for. `use it` is no call of a tool unless there is one named `it`."""
    if name in tools:
        if arguments is not None and decode_whole(arguments.encode()) is None:
            raise Misused(f"The arguments of `{name}` are not a JSON object: `{arguments}`.")
        yield name, arguments_of(tools[name]) if arguments is None else arguments
    elif arguments is not None:
        names = ", ".join(f"`{each}`" for each in tools) or "none"
        raise Misused(f"No tool named `{name}` was offered with this message. Offered: {names}.")


def insisted(choice: Any, tools: Tools) -> str | None:
    """The tool that a request insists on: a named one, or the first."""
    if choice == "required":
        return next(iter(tools))
    function = choice.get("function") if isinstance(choice, dict) else None
    name = text(function.get("name")) if isinstance(function, dict) else ""
    return name if name in tools else None


def arguments_of(schema: Mapping[str, Any]) -> str:
    """Made-up arguments: those that the tool cannot do without."""
    made = example({"required": [], **schema, "type": "object"}, "practice")
    return encode(made).decode()


def results(messages: Sequence[Any]) -> str:
    """What the tools answered to the last calls, in words; nothing where the last word is a person's."""
    said: list[str] = []
    names: dict[str, str] = {}
    for message in messages:
        message = message if isinstance(message, dict) else {}
        if message.get("role") != "tool":
            said = []
            names |= called_before(message)
            continue
        name = names.get(text(message.get("tool_call_id"))) or "the tool"
        lines = text(message.get("content")).splitlines() or ["(nothing)"]
        said.append(f"`{name}` answered:\n\n" + "\n".join(f"> {line}" for line in lines))
    return "\n\n".join(said)


def called_before(message: Mapping[str, Any]) -> dict[str, str]:
    """The names of the tools that a turn called, by the calls' ids."""
    calls = message.get("tool_calls")
    found: dict[str, str] = {}
    for call in calls if isinstance(calls, list) else ():
        if isinstance(call, dict) and isinstance(call.get("function"), dict):
            found[text(call.get("id"))] = text(call["function"].get("name"))
    return found
