"""A prompt as the body of Bedrock's Converse. Amazon Bedrock API Reference, "Converse", "ContentBlock"."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from providers._abilities import Ability
from providers._anthropic.claude import (
    SCHEMAS,
    betas,
    forces,
    maximum_of,
    refused,
    replayed,
    sampling,
    stop_sequences,
    version_of,
)
from providers._anthropic.turns import Turn, arguments_of, call_id, called, closed, is_plain, offered, schema_of
from providers._events import Image, Reasoning, Text, ToolCall
from providers._json import encode
from providers._prompt import Document, ImageAddress, NamedTool, Part, Prompt, Tool, ToolResult

Block = dict[str, Any]
FORMATS = {
    "application/pdf": "pdf", "text/csv": "csv", "text/html": "html", "text/markdown": "md",
    "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9()\[\]-]+")
LONGEST_NAME = 190  # of 200, to leave room for a number
FORCED = re.compile(r"claude-|nova-|mistral-large", re.I)  # they can be told to call any tool
FORCED_BY_NAME = re.compile(r"claude-|nova-", re.I)  # and one of them; they also hear that a call failed
NO_SCHEMA = re.compile(r"amazon\.|meta\.|cohere\.|ai21\.|writer\.|deepseek\.r1|claude-haiku-5-5", re.I)
EFFORTS = re.compile(r"gpt-oss", re.I)
KEEPS = re.compile(r"amazon\.nova-", re.I)
KEPT, KEPT_FOR_AN_HOUR = (3, 7), (4, 5)  # the first of Claude's versions
NAMED_EFFORTS = {"minimal": "low", "xhigh": "high"}


def body_of(prompt: Prompt, cache: str = "") -> dict[str, Any]:
    """The body of a request. What the model's maker alone knows stands in a field of its own.

    `cache` is how long the service keeps the prompt, where it can: "", "5m" or "1h".
    """
    asked = prompt if version_of(prompt.model) else replace(prompt, reasoning_effort=None)
    said, thought = replayed(asked)
    body: dict[str, Any] = {"messages": [message(turn, prompt.model) for turn in said]}
    number(body["messages"])
    if prompt.system:
        body["system"] = [{"text": prompt.system}]
    if settings := inference(asked, thought):
        body["inferenceConfig"] = settings
    if (configured := tools(prompt)) is not None:
        body["toolConfig"] = configured
    named = {"anthropic_beta": betas(thought)} if betas(thought) else {}
    if further := (thought | named) or own_effort(prompt):
        body["additionalModelRequestFields"] = further
    if cache and may_keep(prompt.model):
        keep(body, prompt.model, cache)
    return body | answer_format(prompt)


def may_keep(model: str) -> bool:
    """Whether the service keeps prompts to this model."""
    version = version_of(model)
    return KEEPS.search(model) is not None if version is None else version >= KEPT


def keep(body: dict[str, Any], model: str, time: str) -> None:
    """Mark what the service is to keep: system prompt, or tools, and the conversation until here.

    https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
    """
    version = version_of(model)
    hour = {"ttl": time} if time == "1h" and version is not None and version >= KEPT_FOR_AN_HOUR else {}
    point = {"cachePoint": {"type": "default", **hour}}
    if "system" in body:
        body["system"].append(point)
    elif "toolConfig" in body and version is not None:
        body["toolConfig"]["tools"].append(point)
    if body["messages"] and body["messages"][-1]["role"] == "user":
        body["messages"][-1]["content"].append(point)


def refused_here(prompt: Prompt) -> Iterator[Ability]:
    """What this prompt needs and a model of this name refuses here, though others do not."""
    if version_of(prompt.model):
        yield from refused(prompt)
    else:
        quiet = None if EFFORTS.search(prompt.model) else "none"  # those cannot be told not to think
        if prompt.reasoning_effort not in (None, quiet) and not own_effort(prompt):
            yield "reasoning_effort"
    if prompt.response_format is not None and NO_SCHEMA.search(prompt.model):
        yield "json_schema"
    if not may_choose(prompt):
        yield "tool_choice"
    parts = (part for one in prompt.messages for part in one.parts)
    if any(isinstance(part, Document) and format_of(part) is None for part in parts):
        yield "documents"


def inference(prompt: Prompt, thought: dict[str, Any]) -> dict[str, Any]:
    """The field `inferenceConfig`; a model with a budget to think within is told the maximum, too."""
    named = {"temperature": "temperature", "top_p": "topP"}
    settings: dict[str, Any] = {named[name]: value for name, value in sampling(prompt).items()}
    if prompt.max_tokens is not None or "budget_tokens" in thought.get("thinking", {}):
        settings["maxTokens"] = maximum_of(prompt)
    if stops := stop_sequences(prompt):
        settings["stopSequences"] = stops
    return settings


def own_effort(prompt: Prompt) -> dict[str, Any]:
    """The field for an effort that OpenAI's open models have."""
    effort = prompt.reasoning_effort
    if effort in (None, "none") or EFFORTS.search(prompt.model) is None:
        return {}
    return {"reasoning_effort": NAMED_EFFORTS.get(effort, effort)}


def message(turn: Turn, model: str) -> Block:
    """One turn. With a document there has to be a text: without any, its name is one."""
    content = [block(part, model) for part in turn.parts]
    documents = [one["document"] for one in content if "document" in one]
    if documents and not any("text" in one for one in content):
        content.append({"text": documents[0]["name"]})
    return {"role": turn.role, "content": content}


def block(part: Part, model: str) -> Block:
    """One part of a turn."""
    match part:
        case Text(text):
            return {"text": text}
        case Image(data, media_type):
            format = media_type.rpartition("/")[2].lower()
            return {"image": {"format": "jpeg" if format == "jpg" else format, "source": {"bytes": in_base64(data)}}}
        case Document():
            source = {"bytes": in_base64(part.data)}
            return {"document": {"format": format_of(part) or "txt", "name": name_of(part), "source": source}}
        case Reasoning():
            return {"reasoningContent": reasoning(part)}
        case ToolCall():
            return {"toolUse": {"toolUseId": call_id(part.id), "name": part.name, "input": arguments_of(part)}}
        case ToolResult():
            return {"toolResult": result(part, model)}
        case ImageAddress(url):  # the service fetches none
            return {"text": url}


def in_base64(data: bytes) -> str:
    """Bytes in JSON."""
    return b64encode(data).decode()


def reasoning(part: Reasoning) -> Block:
    """A block of reasoning exactly as it came."""
    if part.hidden:
        return {"redactedContent": part.hidden}
    return {"reasoningText": {"text": part.text, "signature": part.signature}}


def result(part: ToolResult, model: str) -> Block:
    """What a tool answered; whether it failed, where the model hears that."""
    made: Block = {"toolUseId": call_id(part.id), "content": [{"text": part.text}] if part.text else []}
    if part.failed and FORCED_BY_NAME.search(model):
        made["status"] = "error"
    return made


def format_of(part: Document) -> str | None:
    """The format of a document; None for one that the service does not read."""
    return FORMATS.get(part.media_type) or ("txt" if is_plain(part.media_type) else None)


def name_of(part: Document) -> str:
    """The name of a document in the few characters that are allowed in it."""
    return NOT_IN_A_NAME.sub(" ", part.name).strip()[:LONGEST_NAME] or "document"


def number(messages: list[Block]) -> None:
    """Let no two documents of a conversation have the same name."""
    taken: set[str] = set()
    for document in (one["document"] for said in messages for one in said["content"] if "document" in one):
        name, count = document["name"], 1
        while document["name"] in taken:
            count += 1
            document["name"] = f"{name} ({count})"
        taken.add(document["name"])


def may_choose(prompt: Prompt) -> bool:
    """Whether the model can be told so to choose among the tools."""
    choice, model = prompt.tool_choice, prompt.model
    if choice == "none":  # then they are left out, unless the conversation holds calls of them
        return not called(prompt)
    if not forces(prompt):
        return True
    return (FORCED_BY_NAME if isinstance(choice, NamedTool) else FORCED).search(model) is not None


def tools(prompt: Prompt) -> Block | None:
    """The field `toolConfig`, if there are any."""
    found = offered(prompt)
    if not found or (prompt.tool_choice == "none" and may_choose(prompt)):
        return None
    strict = (version_of(prompt.model) or (0, 0)) >= SCHEMAS
    made: Block = {"tools": [{"toolSpec": tool(one, strict)} for one in found]}
    if prompt.tools and forces(prompt) and "tool_choice" not in refused_here(prompt):
        choice = prompt.tool_choice
        made["toolChoice"] = {"tool": {"name": choice.name}} if isinstance(choice, NamedTool) else {"any": {}}
    return made


def tool(one: Tool, strict: bool) -> Block:
    """One tool; `strict` where the model knows it and the caller wants it."""
    made: Block = {"name": one.name, "inputSchema": {"json": schema_of(one)}}
    if one.description:
        made["description"] = one.description
    if one.strict and strict:
        made["strict"] = True
    return made


def answer_format(prompt: Prompt) -> dict[str, Any]:
    """The field `outputConfig` with the schema that the answer has to fit, as a text."""
    wanted = prompt.response_format
    if wanted is None or wanted.schema is None or "json_schema" in refused_here(prompt):
        return {}
    schema: Block = {"schema": encode(closed(wanted.schema)).decode(), "name": wanted.name}
    if wanted.description:
        schema["description"] = wanted.description
    return {"outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": schema}}}}
