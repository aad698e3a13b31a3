"""A prompt in the words of Ollama's own chat. https://docs.ollama.com/api/chat"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from providers._events import Image, Reasoning, ToolCall
from providers._json import decode_object
from providers._prompt import Effort, Message, Prompt, Tool, ToolResult

Turn = dict[str, Any]
THINK: dict[Effort, bool | str] = {"none": False, "minimal": "low", "xhigh": "max"}  # as the server itself has it


def request_body(prompt: Prompt, num_ctx: int | None, think: bool | str | None) -> dict[str, Any]:
    """The body of a request; `num_ctx` and `think` are the configuration's own, the prompt's effort goes before it."""
    stated = {
        "num_ctx": num_ctx,
        "temperature": prompt.temperature,
        "num_predict": prompt.max_tokens,
        "top_p": prompt.top_p,
        "seed": prompt.seed,
        "stop": prompt.stop or None,
        "presence_penalty": prompt.presence_penalty,
        "frequency_penalty": prompt.frequency_penalty,
    }
    options = {name: value for name, value in stated.items() if value is not None}
    body: dict[str, Any] = {"model": prompt.model, "messages": list(turns(prompt)), "stream": True}
    if prompt.tools and prompt.tool_choice != "none":
        body["tools"] = [described(tool) for tool in prompt.tools]
    if (wanted := prompt.response_format) is not None:
        body["format"] = "json" if wanted.schema is None else dict(wanted.schema)
    if (effort := prompt.reasoning_effort) is not None:
        think = THINK.get(effort, effort)
    return body | ({"options": options} if options else {}) | ({} if think is None else {"think": think})


def turns(prompt: Prompt) -> Iterator[Turn]:
    """The messages, without empty ones."""
    if prompt.system:
        yield {"role": "system", "content": prompt.system}
    for message in prompt.messages:
        results = [part for part in message.parts if isinstance(part, ToolResult)]
        yield from map(returned, results)
        if turn := spoken(message):
            yield {"role": message.role, "content": message.text, **turn}


def spoken(message: Message) -> Turn:
    """What a turn holds besides results: words, pictures, and what a model thought and called. Empty: nothing."""
    thought = "".join(part.text for part in message.parts if isinstance(part, Reasoning))
    found = {
        "content": message.text if message.text.strip() else "",
        "images": [b64encode(part.data).decode() for part in message.parts if isinstance(part, Image)],
        "tool_calls": [called(part) for part in message.parts if isinstance(part, ToolCall)],
    }
    turn = {name: value for name, value in found.items() if value}
    return turn | ({"thinking": thought} if turn and thought else {})


def returned(result: ToolResult) -> Turn:
    """What a tool answered. Older servers know it by the tool's name alone."""
    content = f"Error: {result.text}" if result.failed else result.text
    turn = {"role": "tool", "content": content, "tool_name": result.name}
    return turn | ({"tool_call_id": result.id} if result.id else {})


def called(call: ToolCall) -> dict[str, Any]:
    """One call of a tool; its arguments are an object, not a text."""
    function = {"name": call.name, "arguments": decode_object(call.arguments.encode())}
    return ({"id": call.id} if call.id else {}) | {"type": "function", "function": function}


def described(tool: Tool) -> dict[str, Any]:
    """One tool."""
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}
