"""From the bytes that a caller sends to a prompt. Whatever is wrong is named by its path: `messages.2.content.0`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from providers import JsonAnswer, NamedTool, Prompt, Tool
from proxy.unified import requests
from proxy.unified.conversation import turns_of
from proxy.unified.faults import Fault, unsupported
from proxy.unified.requests import Request

# They say nothing to the model: who asks, what OpenAI shall keep, how its cache finds the prompt again.
IGNORED = frozenset({
    "user", "metadata", "store", "safety_identifier", "prompt_cache_key", "prompt_cache_retention",
})  # fmt: skip
# What these fields may say, for it asks for nothing that would not happen anyway.
USUAL: dict[str, tuple[Any, ...]] = {
    "n": (1,), "logprobs": (False,), "logit_bias": ({},), "modalities": (["text"],), "functions": ([],),
    "service_tier": ("auto", "default"), "top_logprobs": (0,),
}  # fmt: skip
KNOWN = frozenset(Request.__struct_fields__)
PLACE = re.compile(r"^(?P<said>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.S)
FIELD = re.compile(r"(missing required|contains unknown) field `([^`]*)`")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the prompt, whose model is the name that the caller gave, and how it shall be answered."""

    prompt: Prompt
    stream: bool = False
    usage: bool = False  # whether a stream shall end with it


def read(body: bytes) -> Wanted:
    """What a caller wants. Raises Fault."""
    request = decoded(body)
    system, messages = turns_of(request.messages)
    stop = [request.stop] if isinstance(request.stop, str) else request.stop or []
    prompt = Prompt(
        request.model,
        messages,
        system,
        temperature=request.temperature,
        max_tokens=request.max_completion_tokens or request.max_tokens,
        top_p=request.top_p,
        stop=tuple(stop),
        seed=request.seed,
        presence_penalty=request.presence_penalty,
        frequency_penalty=request.frequency_penalty,
        tools=tuple(map(_tool, request.tools or ())),
        tool_choice=_choice(request.tool_choice),
        parallel_tool_calls=request.parallel_tool_calls,
        response_format=_format(request.response_format),
        reasoning_effort=request.reasoning_effort or (request.reasoning.effort if request.reasoning else None),
    )
    options = request.stream_options
    return Wanted(prompt, bool(request.stream), bool(options and options.include_usage))


def decoded(body: bytes) -> Request:
    """The request, of which every field is known. Raises Fault."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise Fault(f"The body is not valid JSON: {error}", code="invalid_json") from None
    if not isinstance(document, dict):
        raise Fault("The body must be a JSON object.", code="invalid_json")
    for name, value in document.items():
        if name not in KNOWN and name not in IGNORED and value is not None and value not in USUAL.get(name, ()):
            raise unsupported(name)
    try:
        return msgspec.convert(document, Request)
    except (msgspec.ValidationError, RecursionError) as error:
        raise fault_of(str(error)) from None


def fault_of(message: str) -> Fault:
    """What is wrong in the words of the decoder, with the path as OpenAI writes it."""
    found = PLACE.match(message)
    assert found is not None  # it matches anything
    said, path = found["said"], re.sub(r"\[(\w+)\]", r".\1", found["path"] or "").strip(".").replace("...", "*")
    named = FIELD.search(said)
    if named is None:
        return Fault(f"{path or 'The body'}: {said}.", path or None)
    path = f"{path}.{named[2]}".strip(".")
    if named[1] == "missing required":
        return Fault(f"“{path}” is missing.", path, "missing_required_parameter")
    return unsupported(path)


def _tool(tool: requests.Tool) -> Tool:
    declared = tool.function
    known = {} if declared.parameters is None else {"parameters": declared.parameters}
    return Tool(declared.name, declared.description or "", strict=declared.strict, **known)


def _choice(choice: Any) -> Any:
    return NamedTool(choice.function.name) if isinstance(choice, requests.Choice) else choice


def _format(wanted: requests.Plain | requests.AnyObject | requests.Fitting | None) -> JsonAnswer | None:
    if isinstance(wanted, requests.AnyObject):
        return JsonAnswer()
    if not isinstance(wanted, requests.Fitting):
        return None
    said = wanted.json_schema
    if said.schema is None:
        raise Fault("“response_format.json_schema.schema” is missing.", "response_format.json_schema.schema")
    return JsonAnswer(said.schema, said.name, said.description or "", said.strict)
