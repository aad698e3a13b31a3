"""A prompt as the body of Anthropic's Messages. https://platform.claude.com/docs/en/api/messages"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from providers._anthropic.claude import (
    SCHEMAS,
    forces,
    maximum_of,
    refused,
    replayed,
    sampling,
    stop_sequences,
    version_of,
)
from providers._anthropic.turns import Turn, arguments_of, call_id, closed, is_plain, offered, schema_of
from providers._events import Image, Reasoning, Text, ToolCall
from providers._prompt import Document, ImageAddress, NamedTool, Part, Prompt, Tool, ToolResult

Block = dict[str, Any]
CHOICES = {"auto": "auto", "required": "any", "none": "none"}


def body_of(prompt: Prompt, cache: str = "") -> dict[str, Any]:
    """The body of a streaming request; `cache` is how long the service keeps the prompt: "", "5m" or "1h"."""
    said, thought = replayed(prompt)
    body: dict[str, Any] = {
        "model": prompt.model,
        "max_tokens": maximum_of(prompt),
        "messages": [message(turn) for turn in said],
        "stream": True,
    }
    if prompt.system:
        body["system"] = prompt.system
    body |= sampling(prompt)
    if stops := stop_sequences(prompt):
        body["stop_sequences"] = stops
    body |= tools(prompt)
    body |= thought
    body |= answer_format(prompt, body.get("output_config", {}))
    if cache:
        keep(body, {"type": "ephemeral"} if cache == "5m" else {"type": "ephemeral", "ttl": cache})
    return body


def message(turn: Turn) -> dict[str, Any]:
    """One turn; a single text stands as it is."""
    content: str | list[Block] = [block(part) for part in turn.parts]
    if len(turn.parts) == 1 and isinstance(turn.parts[0], Text):
        content = turn.parts[0].text
    return {"role": turn.role, "content": content}


def block(part: Part) -> Block:
    """One part of a turn."""
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case Image() | ImageAddress():
            return image(part)
        case Document():
            return document(part)
        case Reasoning():
            return reasoning(part)
        case ToolCall():
            return {"type": "tool_use", "id": call_id(part.id), "name": part.name, "input": arguments_of(part)}
        case ToolResult():
            return result(part)


def image(part: Image | ImageAddress) -> Block:
    """A picture, sent along or to be fetched."""
    if isinstance(part, ImageAddress):
        return {"type": "image", "source": {"type": "url", "url": part.url}}
    return {"type": "image", "source": in_base64(part.data, part.media_type)}


def reasoning(part: Reasoning) -> Block:
    """A block of reasoning exactly as it came."""
    if part.hidden:
        return {"type": "redacted_thinking", "data": part.hidden}
    return {"type": "thinking", "thinking": part.text, "signature": part.signature}


def in_base64(data: bytes, media_type: str) -> Block:
    """Bytes as a source."""
    return {"type": "base64", "media_type": media_type, "data": b64encode(data).decode()}


def document(part: Document) -> Block:
    """A PDF, or a file of text."""
    source = in_base64(part.data, part.media_type)
    if is_plain(part.media_type):
        source = {"type": "text", "media_type": "text/plain", "data": part.data.decode("utf-8", "replace")}
    return {"type": "document", "source": source, "title": part.name}


def result(part: ToolResult) -> Block:
    """What a tool answered; nothing at all is left out."""
    made: Block = {"type": "tool_result", "tool_use_id": call_id(part.id)}
    if part.text:
        made["content"] = part.text
    if part.failed:
        made["is_error"] = True
    return made


def tools(prompt: Prompt) -> dict[str, Any]:
    """The fields `tools` and `tool_choice`."""
    found = offered(prompt)
    if not found:
        return {}
    strict = (version_of(prompt.model) or (0, 0)) >= SCHEMAS
    fields: dict[str, Any] = {"tools": [tool(one, strict) for one in found]}
    if not prompt.tools:
        return fields | {"tool_choice": {"type": "none"}}
    choice = choose(prompt)
    if prompt.parallel_tool_calls is False and choice["type"] != "none":
        choice["disable_parallel_tool_use"] = True
    return fields if choice == {"type": "auto"} else fields | {"tool_choice": choice}


def tool(one: Tool, strict: bool) -> Block:
    """One tool; `strict` where the model knows it and the caller wants it."""
    made: Block = {"name": one.name, "input_schema": schema_of(one)}
    if one.description:
        made["description"] = one.description
    if one.strict and strict:
        made["strict"] = True
    return made


def choose(prompt: Prompt) -> Block:
    """The choice among the tools; not every model can be forced."""
    choice = prompt.tool_choice
    if choice is None or (forces(prompt) and "tool_choice" in refused(prompt)):
        return {"type": "auto"}
    return {"type": "tool", "name": choice.name} if isinstance(choice, NamedTool) else {"type": CHOICES[choice]}


def answer_format(prompt: Prompt, config: Mapping[str, Any]) -> dict[str, Any]:
    """The field `output_config` with the schema that the answer has to fit, beside what is there already."""
    wanted = prompt.response_format
    if wanted is None or wanted.schema is None or "json_schema" in refused(prompt):
        return {}
    return {"output_config": {**config, "format": {"type": "json_schema", "schema": closed(wanted.schema)}}}


def keep(body: dict[str, Any], mark: Block) -> None:
    """Mark what the service is to keep: tools and system prompt, and the conversation until here.

    https://platform.claude.com/docs/en/build-with-claude/prompt-caching
    """
    if "system" in body:
        body["system"] = [{"type": "text", "text": body["system"], "cache_control": mark}]
    elif "tools" in body:
        body["tools"][-1]["cache_control"] = mark
    last: dict[str, Any] = body["messages"][-1] if body["messages"] else {"role": ""}
    if last["role"] == "user":
        content = last["content"]
        last["content"] = [{"type": "text", "text": content}] if isinstance(content, str) else content
        last["content"][-1]["cache_control"] = mark
