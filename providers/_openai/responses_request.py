"""A prompt in the words of OpenAI's Responses. https://platform.openai.com/docs/api-reference/responses/create

Nothing is stored at OpenAI: what the model reasoned comes sealed, and is given back with the conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from providers._abilities import PARTS, Ability
from providers._events import Image, Reasoning, Text, ToolCall
from providers._json import decode_object
from providers._openai.parts import data_url, in_words, readable, with_drawings
from providers._openai.settings import function, schema, settings
from providers._prompt import Document, ImageAddress, JsonAnswer, Message, NamedTool, Part, Prompt, ToolResult

UNKNOWN: frozenset[Ability] = frozenset({"stop", "seed", "presence_penalty", "frequency_penalty"})  # not in Responses
FEWEST_TOKENS = 16  # fewer are refused
SEARCH = {"type": "web_search_preview"}  # a model for deep research demands one of the tools that look things up
Item = dict[str, Any]


def request(prompt: Prompt, able: frozenset[Ability]) -> Item:
    """The body of a streaming request."""
    said = settings(prompt, able)
    body = {"model": prompt.model, "input": list(_items(prompt.messages, able)), "stream": True, "store": False}
    if prompt.system:
        body["instructions"] = prompt.system
    if "max_tokens" in said:
        body["max_output_tokens"] = max(FEWEST_TOKENS, said["max_tokens"])
    body |= {name: said[name] for name in ("temperature", "top_p", "parallel_tool_calls") if name in said}
    if "reasoning_effort" in said:
        body["reasoning"] = {"effort": said["reasoning_effort"]}
    if "response_format" in said and prompt.response_format is not None:
        body["text"] = {"format": _format(prompt.response_format)}
    if "tools" in said:
        body["tools"] = [{"type": "function", **function(tool), "strict": tool.strict is True} for tool in prompt.tools]
    if "tool_choice" in said:
        chosen = prompt.tool_choice
        named = {"type": "function", "name": chosen.name} if isinstance(chosen, NamedTool) else None
        body["tool_choice"] = named or chosen
    return body


def _format(wanted: JsonAnswer) -> Item:
    return {"type": "json_object"} if wanted.schema is None else {"type": "json_schema", **schema(wanted)}


def _items(messages: Sequence[Message], able: frozenset[Ability]) -> Iterator[Item]:
    """The conversation: turns, and between them what was reasoned, called and answered."""
    for message in with_drawings(messages):
        yield from _answer(message) if message.role == "assistant" else _request(message, able)


def _request(message: Message, able: frozenset[Ability]) -> Iterator[Item]:
    others: list[Part] = []
    for part in message.parts:
        if isinstance(part, ToolResult):
            yield {"type": "function_call_output", "call_id": part.id, "output": part.text}
        elif PARTS.get(type(part)) in {None, *able} or in_words(part):
            others.append(readable(part))
    if all(isinstance(part, Text) for part in others):
        if text := "\n\n".join(part.text for part in others if isinstance(part, Text)):
            yield {"role": "user", "content": text}
    else:
        yield {"role": "user", "content": [piece for part in others for piece in _piece(part)]}


def _piece(part: Part) -> Iterator[Item]:
    match part:
        case Text():
            yield {"type": "input_text", "text": part.text}
        case Image():
            yield {"type": "input_image", "image_url": data_url(part.data, part.media_type)}
        case ImageAddress():
            yield {"type": "input_image", "image_url": part.url}
        case Document():
            yield {"type": "input_file", "filename": part.name, "file_data": data_url(part.data, part.media_type)}


def _answer(message: Message) -> Iterator[Item]:
    """What was reasoned only with what followed from it: alone it is refused."""
    waiting: list[Item] = []
    for part in message.parts:
        match part:
            case Reasoning():
                waiting += _sealed(part)
            case Text():
                yield from (*waiting, {"role": "assistant", "content": part.text})
                waiting = []
            case ToolCall():
                call = {"type": "function_call", "call_id": part.id, "name": part.name, "arguments": part.arguments}
                yield from (*waiting, call)
                waiting = []


def _sealed(thought: Reasoning) -> Iterator[Item]:
    """The item that a block of reasoning was; another service's block is none here."""
    proof = decode_object(thought.signature.encode("utf-8", "replace")) if thought.signature else {}
    if proof.get("type") == "reasoning":
        summary = [{"type": "summary_text", "text": thought.text}] if thought.text else []
        yield {**proof, "summary": summary}
