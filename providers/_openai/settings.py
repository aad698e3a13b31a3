"""What a prompt asks beside its conversation, by the names of OpenAI's chat completions.

https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from typing import Any

from providers._abilities import Ability
from providers._prompt import JsonAnswer, NamedTool, Prompt, Tool

NUMBERS: tuple[Ability, ...] = ("top_p", "seed", "presence_penalty", "frequency_penalty", "reasoning_effort")


def settings(prompt: Prompt, able: frozenset[Ability]) -> dict[str, Any]:
    """All that is set and can be done; what concerns tools only where there are some, for it is refused otherwise."""
    stated: dict[Ability, Any] = {name: getattr(prompt, name) for name in NUMBERS}
    stated["stop"] = list(prompt.stop) or None
    if prompt.tools and "tools" in able:
        stated["tools"] = [{"type": "function", "function": function(tool)} for tool in prompt.tools]
        stated["tool_choice"] = choice(prompt.tool_choice)
        stated["parallel_tool_calls"] = prompt.parallel_tool_calls
    found: dict[str, Any] = {name: value for name, value in stated.items() if name in able}
    found |= {"temperature": prompt.temperature, "max_tokens": prompt.max_tokens}
    if prompt.response_format is not None:
        found["response_format"] = answer_format(prompt.response_format, able)
    return {name: value for name, value in found.items() if value is not None}


def choice(wanted: str | NamedTool | None) -> str | dict[str, Any] | None:
    """Whether, or which, tool shall be called."""
    return {"type": "function", "function": {"name": wanted.name}} if isinstance(wanted, NamedTool) else wanted


def function(tool: Tool) -> dict[str, Any]:
    """One function that may be called."""
    stated = {"name": tool.name, "description": tool.description or None, "parameters": tool.parameters}
    return {name: value for name, value in {**stated, "strict": tool.strict}.items() if value is not None}


def answer_format(format: JsonAnswer, able: frozenset[Ability]) -> dict[str, Any] | None:
    """Any JSON object, or one after a schema."""
    if format.schema is None:
        return {"type": "json_object"} if "json_object" in able else None
    return {"type": "json_schema", "json_schema": schema(format)} if "json_schema" in able else None


def schema(format: JsonAnswer) -> dict[str, Any]:
    """The schema, with its name."""
    stated = {"name": format.name, "description": format.description or None, "schema": format.schema}
    return {name: value for name, value in {**stated, "strict": format.strict}.items() if value is not None}
