"""A prompt in the words of Cohere's chat, version 2. https://docs.cohere.com/reference/chat"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from providers._events import Image, Reasoning, Text, ToolCall
from providers._prompt import Effort, ImageAddress, JsonAnswer, Message, NamedTool, Part, Prompt, Tool, ToolResult

Turn = dict[str, Any]
CHOICES = {"none": "NONE", "required": "REQUIRED"}  # unasked, the model decides
BUDGETS: dict[Effort, int] = {"minimal": 1024, "low": 4096, "medium": 12_288}  # tokens; more effort has no bound


def request_body(prompt: Prompt) -> dict[str, Any]:
    """The body of a request, without what the prompt leaves open."""
    stated = {
        "temperature": prompt.temperature,
        "max_tokens": prompt.max_tokens,
        "p": prompt.top_p,
        "seed": prompt.seed,
        "stop_sequences": prompt.stop or None,
        "presence_penalty": prompt.presence_penalty,
        "frequency_penalty": prompt.frequency_penalty,
        "response_format": answer_format(prompt.response_format),
        "thinking": thinking(prompt),
        **tools(prompt),
    }
    body = {"model": prompt.model, "messages": list(turns(prompt)), "stream": True}
    return body | {name: value for name, value in stated.items() if value is not None}


def turns(prompt: Prompt) -> Iterator[Turn]:
    """The messages; empty turns are left out, for they are refused."""
    if prompt.system:
        yield {"role": "system", "content": prompt.system}
    for message in prompt.messages:
        yield from said(message) if message.role == "assistant" else told(message)


def told(message: Message) -> Iterator[Turn]:
    """What the model was told: each tool's answer is a turn of its own, before the user's words."""
    rest: list[Part] = []
    for part in message.parts:
        if isinstance(part, ToolResult):
            content = f"Error: {part.text}" if part.failed else part.text
            yield {"role": "tool", "tool_call_id": part.id, "content": content}
        else:
            rest.append(part)
    if any(isinstance(part, Image | ImageAddress) for part in rest):
        yield {"role": "user", "content": [shown for part in rest for shown in content_of(part)]}
    elif message.text.strip():
        yield {"role": "user", "content": message.text}


def content_of(part: Part) -> Iterator[dict[str, Any]]:
    """A part of what a user says: words or a picture."""
    match part:
        case Text():
            yield {"type": "text", "text": part.text}
        case Image():
            address = f"data:{part.media_type};base64,{b64encode(part.data).decode()}"
            yield {"type": "image_url", "image_url": {"url": address}}
        case ImageAddress():
            yield {"type": "image_url", "image_url": {"url": part.url}}


def said(message: Message) -> Iterator[Turn]:
    """What the model said: reasoning before a call of tools is the plan for them."""
    thought = "".join(part.text for part in message.parts if isinstance(part, Reasoning))
    calls = [called(part) for part in message.parts if isinstance(part, ToolCall)]
    turn: Turn = {"content": message.text} if message.text.strip() else {}
    if calls:
        turn |= {"tool_calls": calls} | ({"tool_plan": thought} if thought else {})
    elif turn and thought:
        turn["content"] = [{"type": "thinking", "thinking": thought}, {"type": "text", "text": message.text}]
    if turn:
        yield {"role": "assistant", **turn}


def called(call: ToolCall) -> dict[str, Any]:
    """One call of a tool."""
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def tools(prompt: Prompt) -> dict[str, Any]:
    """The tools, and whether one must be called; where it is a certain one, no other is offered."""
    offered, choice = prompt.tools, prompt.tool_choice
    if isinstance(choice, NamedTool):
        offered, choice = tuple(tool for tool in offered if tool.name == choice.name), "required"
    if not offered:
        return {}
    strict = True if any(tool.strict for tool in offered) else None
    chosen = CHOICES.get(choice) if choice else None
    return {"tools": [described(tool) for tool in offered], "tool_choice": chosen, "strict_tools": strict}


def described(tool: Tool) -> dict[str, Any]:
    """One tool."""
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}


def answer_format(wanted: JsonAnswer | None) -> dict[str, Any] | None:
    """JSON, of this schema if there is one."""
    if wanted is None:
        return None
    return {"type": "json_object"} | ({"json_schema": dict(wanted.schema)} if wanted.schema is not None else {})


def thinking(prompt: Prompt) -> dict[str, Any] | None:
    """Whether the model thinks first, and for how long at most: half of the answer's maximum at the most."""
    effort = prompt.reasoning_effort
    if effort is None:
        return None
    if effort == "none":
        return {"type": "disabled"}
    bounds = [BUDGETS.get(effort), max(prompt.max_tokens // 2, 1) if prompt.max_tokens else None]
    budget = min(filter(None, bounds), default=None)
    return {"type": "enabled"} | ({"token_budget": budget} if budget else {})
