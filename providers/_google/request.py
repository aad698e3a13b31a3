"""A prompt as the body of Gemini's generateContent. https://ai.google.dev/api/generate-content"""

from __future__ import annotations

import mimetypes
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

import httpx

from providers._abilities import Ability
from providers._anthropic.turns import is_plain
from providers._events import Image, Text, ToolCall
from providers._google.schema import cleaned, has_parameters
from providers._google.thinking import can_think, draws, generation, thinking
from providers._json import decode_whole
from providers._prompt import Document, ImageAddress, Message, NamedTool, Part, Prompt, Tool, ToolResult

TAKES: frozenset[Ability] = frozenset({
    "tools", "tool_choice", "images", "image_urls", "documents", "json_object", "json_schema", "reasoning_effort",
    "top_p", "stop", "seed", "presence_penalty", "frequency_penalty",
})  # fmt: skip
FILES = re.compile(r"application/pdf|text/plain|(?:image|audio|video)/")
WORDS_ALONE = re.compile(r"gemma-[123]")  # these know no system instruction, no tools and no format
MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY"}
# What stands for the signature of a call that another model made. https://ai.google.dev/gemini-api/docs/thought-signatures
UNSIGNED = "skip_thought_signature_validator"


def request_body(prompt: Prompt) -> dict[str, Any]:
    """The body of a request. Empty turns are left out, for they are refused."""
    body: dict[str, Any] = {"contents": contents(prompt)}
    if prompt.system and WORDS_ALONE.search(prompt.model):
        body["contents"] = [{"role": "user", "parts": [{"text": prompt.system}]}, *body["contents"]]
    elif prompt.system:
        body["systemInstruction"] = {"parts": [{"text": prompt.system}]}
    if prompt.tools:
        body["tools"] = [{"functionDeclarations": [declaration(tool) for tool in prompt.tools]}]
    if prompt.tool_choice is not None:
        body["toolConfig"] = {"functionCallingConfig": calling(prompt.tool_choice)}
    if settings := generation_config(prompt):
        body["generationConfig"] = settings
    return body


def contents(prompt: Prompt) -> list[dict[str, Any]]:
    """The turns of a conversation; neighbours of one role are one turn."""
    names = {part.id: part.name for part in parts_of(prompt.messages) if isinstance(part, ToolCall)}
    signs, fetches = generation(prompt.model) >= 3, not beyond(prompt, "image_urls")
    made: list[dict[str, Any]] = []
    for message in prompt.messages:
        role = "model" if message.role == "assistant" else "user"
        parts = [part for part in written(message, names) if fetches or "fileData" not in part]
        if not parts:
            continue
        if signs:
            stand_in(parts)
        if made and made[-1]["role"] == role:
            made[-1]["parts"].extend(parts)
        else:
            made.append({"role": role, "parts": parts})
    return made


def parts_of(messages: Iterable[Message]) -> Iterator[Part]:
    """All parts of a conversation."""
    return (part for message in messages for part in message.parts)


def written(message: Message, names: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The parts of one turn. Summaries of thoughts are not wanted back: the signatures of calls hold the thoughts."""
    for part in message.parts:
        match part:
            case Text():
                yield {"text": part.text}
            case Image() | Document():
                yield {"inlineData": {"mimeType": readable(part.media_type), "data": b64encode(part.data).decode()}}
            case ImageAddress():
                yield {"fileData": {"mimeType": media_type(part.url), "fileUri": part.url}}
            case ToolCall():
                yield called(part)
            case ToolResult():
                yield {"functionResponse": result(part, names)}


def readable(kind: str) -> str:
    """The media type under which a file is taken: source code and the like are plain text."""
    return "text/plain" if is_plain(kind) else kind


def called(call: ToolCall) -> dict[str, Any]:
    """A call that the model made, with the signature that it came with."""
    arguments = decode_whole(call.arguments.encode())
    made: dict[str, Any] = {"name": call.name, "args": {"input": call.arguments} if arguments is None else arguments}
    if call.id:
        made["id"] = call.id
    return {"functionCall": made} | ({"thoughtSignature": call.signature} if call.signature else {})


def result(answer: ToolResult, names: dict[str, str]) -> dict[str, Any]:
    """What a tool answered. The service wants the tool's name beside the call's id."""
    made = {"name": answer.name or names.get(answer.id, answer.id)}
    if answer.id:
        made["id"] = answer.id
    return {**made, "response": {"error" if answer.failed else "output": answer.text}}


def stand_in(parts: list[dict[str, Any]]) -> None:
    """Mark the first call of a turn that bears no signature, or the model would refuse it."""
    first = next((part for part in parts if "functionCall" in part), {"thoughtSignature": ""})
    first.setdefault("thoughtSignature", UNSIGNED)


def media_type(url: str) -> str:
    """The media type of a picture by its address; most that do not tell it are photographs."""
    guessed, _ = mimetypes.guess_type(httpx.URL(url).path)
    return guessed if guessed is not None and guessed.startswith("image/") else "image/jpeg"


def declaration(tool: Tool) -> dict[str, Any]:
    """A function that the model may call."""
    made: dict[str, Any] = {"name": tool.name, "description": tool.description or tool.name}
    if has_parameters(tool.parameters):
        made["parametersJsonSchema"] = cleaned(tool.parameters)
    return made


def calling(choice: str | NamedTool) -> dict[str, Any]:
    """Which functions the model shall call."""
    if isinstance(choice, NamedTool):
        return {"mode": "ANY", "allowedFunctionNames": [choice.name]}
    return {"mode": MODES[choice]}


def generation_config(prompt: Prompt) -> dict[str, Any]:
    """The settings of an answer, without those that nobody set."""
    made: dict[str, Any] = {
        "temperature": prompt.temperature,
        "maxOutputTokens": prompt.max_tokens,
        "topP": prompt.top_p,
        "stopSequences": list(prompt.stop) or None,
        "seed": prompt.seed,
        "presencePenalty": prompt.presence_penalty,
        "frequencyPenalty": prompt.frequency_penalty,
        "responseModalities": ["TEXT", "IMAGE"] if draws(prompt.model) else None,
    }
    if prompt.response_format is not None:
        made["responseMimeType"] = "application/json"
        schema = prompt.response_format.schema
        made["responseJsonSchema"] = None if schema is None else cleaned(schema)
    if prompt.reasoning_effort is not None:
        made["thinkingConfig"] = thinking(prompt.model, prompt.reasoning_effort) or None
    return {name: value for name, value in made.items() if value is not None}


def beyond(prompt: Prompt, ability: Ability) -> bool:
    """Whether this prompt asks for more of an ability than its model has."""
    number, simple = generation(prompt.model), draws(prompt.model) or WORDS_ALONE.search(prompt.model) is not None
    match ability:
        case "parallel_tool_calls":  # it makes them, and cannot be told not to
            return prompt.parallel_tool_calls is not True
        case "reasoning_effort":
            return prompt.reasoning_effort is not None and not can_think(prompt.model, prompt.reasoning_effort)
        case "json_object" | "json_schema":  # before the third generation either tools or a format
            return simple or (bool(prompt.tools) and number < 3)
        case "tools" | "tool_choice":
            return simple
        case "documents":
            files = (part.media_type for part in parts_of(prompt.messages) if isinstance(part, Document))
            return not all(FILES.match(readable(kind)) for kind in files)
        case "image_urls":  # it looks for no picture that is open to all, before 2.5 for none
            found = (part.url for part in parts_of(prompt.messages) if isinstance(part, ImageAddress))
            return number < 2.5 or not all(url.startswith(("https://", "gs://")) for url in found)
    return ability not in TAKES
