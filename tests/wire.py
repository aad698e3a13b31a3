"""What a provider says, in the formats of OpenAI (chat, responses), Anthropic and Google: for the fake upstream."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

INPUT, CACHED = 11, 3  # tokens that every answer reports
SEALED, SIGNATURE = "EmwKAhgBEgy3va3p", "c2lnbmVk"  # of thoughts
COMPLAINTS = {
    "context_length_exceeded": "This model's maximum context length is 8192 tokens. Please shorten the messages.",
    "content_filter": "The prompt was filtered by the content management policy.",
}
ANTHROPIC = {
    400: "invalid_request_error",
    401: "authentication_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


@dataclass
class Plan:
    """How an answer shall go. It travels in the model's name: `plan:chunks=5,gap=20,cut=3`. Times in milliseconds.

    In an address, where a colon means something, it is `plan-chunks=5,…`.
    """

    chunks: int = 3
    first: int = 0  # wait before the headers
    start: int = 0  # wait between the headers and the first event
    gap: int = 0  # wait before every further event
    size: int = 6  # bytes of text in a chunk
    status: int = 200
    usage: str = "asked"  # asked: only on request; joined: in the chunk that finishes; never
    comments: int = 0  # 1: a comment before every event, as a sign of life
    tools: int = 0  # calls of a tool instead of text
    draws: int = 0  # 1: thoughts before the text and a picture behind it (Google)
    thinks: int = 0  # 1: sealed and signed thoughts before everything else (Anthropic, Bedrock)
    echo: int = 0  # say again what the last message said, in this many pieces
    cut: int = -1  # break before this event
    how: str = (
        "reset"  # of the break: reset, eof, half (of the event, then a clean end), stall, error (an event of one)
    )
    code: str = ""  # of an error: one of COMPLAINTS, in whose words it is said
    ends: str = "stop"  # why the answer ended
    retry: str = ""  # the Retry-After of an error; `+30` for a date in 30 seconds
    fault: str = ""  # one of `tests.faulty`, on the way
    fails: int = 0  # so many requests of this plan fail (by status or cut, else with a 503), the others go well

    @classmethod
    def parse(cls, model: object) -> Plan:
        """The plan in a model's name; the usual one for any other name."""
        plan = cls()
        if isinstance(model, str) and model.startswith(("plan:", "plan-")):
            for item in filter(None, model[5:].split(",")):
                name, _, value = item.partition("=")
                setattr(plan, name, type(getattr(plan, name))(value))
        return plan

    def texts(self) -> list[str]:
        """The pieces of the answer."""
        return [f"{number:0{self.size - 1}d} " for number in range(self.chunks)]


def dump(value: Any) -> str:
    """JSON as most services write it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def data(value: Any, end: str = "\n\n") -> bytes:
    """One event without a name."""
    return f"data: {dump(value)}{end}".encode()


def commented(events: Iterator[bytes], plan: Plan) -> Iterator[bytes]:
    """The events, with comments between them if the plan has any: with a blank line and without."""
    for number, event in enumerate(events):
        yield ((b": ping\n", b": OPENROUTER PROCESSING\n\n")[number % 2] if plan.comments else b"") + event


def named(value: dict[str, Any]) -> bytes:
    """One event under the name that its type gives."""
    return f"event: {value['type']}\ndata: {dump(value)}\n\n".encode()


def openai_usage(plan: Plan) -> dict[str, Any]:
    return {
        "prompt_tokens": INPUT,
        "completion_tokens": plan.chunks,
        "total_tokens": INPUT + plan.chunks,
        "prompt_tokens_details": {"cached_tokens": CACHED},
    }


def echoed(plan: Plan, body: dict[str, Any]) -> Iterator[str]:
    """What the last message said, in pieces."""
    said = str(body["messages"][-1]["content"])
    size = -(-len(said) // plan.echo)
    yield from (said[at : at + size] for at in range(0, len(said), size))


def openai_stream(plan: Plan, body: dict[str, Any]) -> Iterator[bytes]:
    """Chat completions."""
    asked = plan.usage == "asked" and bool((body.get("stream_options") or {}).get("include_usage"))
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "said-model"}

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return data({**base, "choices": [choice], **({"usage": None} if asked else {}), **more})

    yield chunk({"role": "assistant", "content": ""})
    for number in range(plan.tools):
        call = {"index": number, "id": f"call_{number}", "type": "function"}
        if plan.usage == "joined":  # those services (Groq, Mistral) send a call whole, too
            yield chunk({"tool_calls": [{**call, "function": {"name": "look", "arguments": '{"at":"x"}'}}]})
            continue
        yield chunk({"tool_calls": [{**call, "function": {"name": "look", "arguments": ""}}]})
        yield chunk({"tool_calls": [{"index": number, "function": {"arguments": '{"at":"x"}'}}]})
    for text in [] if plan.tools else echoed(plan, body) if plan.echo else plan.texts():
        yield chunk({"content": text})
    joined = {"usage": openai_usage(plan)} if plan.usage == "joined" else {}
    yield chunk({}, "tool_calls" if plan.tools else plan.ends, **joined)
    if asked:
        yield data({**base, "choices": [], "usage": openai_usage(plan)})
    yield b"data: [DONE]\n\n"


def openai_whole(plan: Plan) -> dict[str, Any]:
    function = {"name": "look", "arguments": '{"at":"x"}'}
    calls = [{"id": f"call_{number}", "type": "function", "function": function} for number in range(plan.tools)]
    said = {"content": None, "tool_calls": calls} if calls else {"content": "".join(plan.texts())}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "said-model",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", **said},
                "finish_reason": "tool_calls" if calls else "stop",
            }
        ],
        "usage": openai_usage(plan),
    }


def responses_whole(plan: Plan, text: str = "") -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": "said-model",
        "output": [message],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": INPUT,
            "input_tokens_details": {"cached_tokens": CACHED},
            "output_tokens": plan.chunks,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": INPUT + plan.chunks,
        },
    }


def responses_stream(plan: Plan) -> Iterator[bytes]:
    """OpenAI's Responses."""
    started = {**responses_whole(plan), "status": "in_progress", "output": [], "usage": None}
    yield named({"type": "response.created", "sequence_number": 0, "response": started})
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    for number, text in enumerate(plan.texts(), 1):
        yield named({"type": "response.output_text.delta", "sequence_number": number, **place, "delta": text})
    whole = responses_whole(plan, "".join(plan.texts()))
    yield named({"type": "response.completed", "sequence_number": plan.chunks + 1, "response": whole})


def image_whole() -> dict[str, Any]:
    usage = {"input_tokens": INPUT, "output_tokens": 1056, "total_tokens": INPUT + 1056}
    return {"created": 1, "output_format": "png", "data": [{"b64_json": "iVBORw=="}], "usage": usage}


def image_stream() -> Iterator[bytes]:
    """OpenAI's pictures: a stage of it, then the whole."""
    picture = {"created_at": 1, "output_format": "png"}
    yield named({"type": "image_generation.partial_image", "b64_json": "AAAA", "partial_image_index": 0, **picture})
    done = {"b64_json": "iVBORw==", **picture, "usage": image_whole()["usage"]}
    yield named({"type": "image_generation.completed", **done})


def of_openai(path: str, plan: Plan) -> tuple[Iterator[bytes], dict[str, Any]]:
    """Streamed and at once, what OpenAI says beside chat completions."""
    if path.endswith("/responses"):
        return responses_stream(plan), responses_whole(plan, "".join(plan.texts()))
    return image_stream(), image_whole()


def anthropic_whole(plan: Plan, text: str | None = None) -> dict[str, Any]:
    text = "".join(plan.texts()) if text is None else text
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "said-model",
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": "end_turn" if text else None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": INPUT - CACHED,
            "cache_read_input_tokens": CACHED,
            "cache_creation_input_tokens": 0,
            "output_tokens": plan.chunks if text else 1,
        },
    }


def anthropic_stream(plan: Plan) -> Iterator[bytes]:
    yield named({"type": "message_start", "message": anthropic_whole(plan, "")})
    thoughts = list(anthropic_thoughts()) if plan.thinks else []
    yield from thoughts
    first = 2 if thoughts else 0
    yield from anthropic_calls(plan, first) if plan.tools else anthropic_texts(plan, first)
    stop = {"stop_reason": "tool_use" if plan.tools else "end_turn", "stop_sequence": None}
    yield named({"type": "message_delta", "delta": stop, "usage": {"output_tokens": plan.chunks}})
    yield named({"type": "message_stop"})


def anthropic_thoughts() -> Iterator[bytes]:
    sealed, open_ = {"type": "redacted_thinking", "data": SEALED}, {"type": "thinking", "thinking": "", "signature": ""}
    yield named({"type": "content_block_start", "index": 0, "content_block": sealed})
    yield named({"type": "content_block_stop", "index": 0})
    yield named({"type": "content_block_start", "index": 1, "content_block": open_})
    for delta in (
        {"type": "thinking_delta", "thinking": "Let me "},
        {"type": "thinking_delta", "thinking": "see."},
        {"type": "signature_delta", "signature": SIGNATURE},
    ):
        yield named({"type": "content_block_delta", "index": 1, "delta": delta})
    yield named({"type": "content_block_stop", "index": 1})


def anthropic_texts(plan: Plan, index: int) -> Iterator[bytes]:
    yield named({"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}})
    yield named({"type": "ping"})
    for text in plan.texts():
        yield named({"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": text}})
    yield named({"type": "content_block_stop", "index": index})


def anthropic_calls(plan: Plan, first: int) -> Iterator[bytes]:
    for number in range(plan.tools):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "look", "input": {}}
        yield named({"type": "content_block_start", "index": first + number, "content_block": call})
        for piece in ('{"at"', ':"x"}'):
            delta = {"type": "input_json_delta", "partial_json": piece}
            yield named({"type": "content_block_delta", "index": first + number, "delta": delta})
        yield named({"type": "content_block_stop", "index": first + number})


def google_whole(plan: Plan, text: str, last: bool = True) -> dict[str, Any]:
    calls = [{"functionCall": {"name": "look", "args": {"at": "x"}}}] * plan.tools
    parts: list[dict[str, Any]] = calls or [{"text": text}]
    if plan.draws:
        picture = {"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}, "thoughtSignature": "c2lnbg=="}
        parts = [{"text": "Hm.", "thought": True}, *parts, picture]
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if last:
        candidate["finishReason"] = "STOP"
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": INPUT,
            "cachedContentTokenCount": CACHED,
            "candidatesTokenCount": plan.chunks,
            "totalTokenCount": INPUT + plan.chunks,
        },
        "modelVersion": "said-model",
        "responseId": "r1",
    }


def google_stream(plan: Plan) -> Iterator[bytes]:
    texts = plan.texts()
    for number, text in enumerate(texts, 1):
        yield data(google_whole(plan, text, last=number == len(texts)), "\r\n\r\n")


def cohere_usage(plan: Plan) -> dict[str, Any]:
    billed = {"input_tokens": INPUT, "output_tokens": plan.chunks}
    return {"billed_units": billed, "tokens": {"input_tokens": INPUT + 60, "output_tokens": plan.chunks + 2}}


def cohere_call(number: int) -> dict[str, Any]:
    return {"id": f"look_{number}", "type": "function", "function": {"name": "look", "arguments": '{"at":"x"}'}}


def cohere_whole(plan: Plan) -> dict[str, Any]:
    """Cohere's chat, version 2."""
    said: dict[str, Any] = {"content": [{"type": "text", "text": "".join(plan.texts())}]}
    if plan.tools:
        said = {"tool_plan": "I will look.", "tool_calls": [cohere_call(number) for number in range(plan.tools)]}
    reason = "TOOL_CALL" if plan.tools else "COMPLETE"
    message = {"role": "assistant", **said}
    return {"id": "c1", "finish_reason": reason, "message": message, "usage": cohere_usage(plan)}


def cohere_stream(plan: Plan) -> Iterator[bytes]:
    def step(kind: str, index: int, **message: Any) -> bytes:
        return named({"type": kind, "index": index, **({"delta": {"message": message}} if message else {})})

    start = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    yield named({"id": "c1", "type": "message-start", "delta": {"message": start}})
    for number in range(plan.tools):
        yield step("tool-call-start", number, tool_calls=cohere_call(number) | {"function": {"name": "look"}})
        yield step("tool-call-delta", number, tool_calls={"function": {"arguments": '{"at":"x"}'}})
        yield step("tool-call-end", number)
    if not plan.tools:
        yield step("content-start", 0, content={"type": "text", "text": ""})
        yield from (step("content-delta", 0, content={"text": text}) for text in plan.texts())
        yield step("content-end", 0)
    reason = "TOOL_CALL" if plan.tools else "COMPLETE"
    yield named({"type": "message-end", "delta": {"finish_reason": reason, "usage": cohere_usage(plan)}})
    yield b"data: [DONE]\n\n"


def cohere_models() -> dict[str, Any]:
    model = {"name": "said-model", "endpoints": ["chat"], "context_length": 1000, "features": ["tools"]}
    return {"models": [model], "next_page_token": None}


def models(headers: dict[str, str], target: str = "") -> dict[str, Any]:
    """The list of models, in the format of the service whose headers these are, or whose query."""
    if "endpoint=" in target:
        return cohere_models()
    if "/publishers/" in target:
        publisher, name = ("anthropic", "claude-said") if "anthropic" in target else ("google", "gemini-2.5-said")
        return {"publisherModels": [{"name": f"publishers/{publisher}/models/{name}", "versionId": "20260101"}]}
    if "x-goog-api-key" in headers:
        methods = ["generateContent", "streamGenerateContent"]
        model = {"name": "models/said-model", "displayName": "Said", "supportedGenerationMethods": methods}
        return {"models": [{**model, "inputTokenLimit": 1000, "outputTokenLimit": 100}]}
    if "anthropic-version" in headers:
        model = {"type": "model", "id": "said-model", "display_name": "Said", "created_at": "2026-01-01T00:00:00Z"}
        return {"data": [model], "has_more": False, "first_id": "said-model", "last_id": "said-model"}
    row = {"id": "said-model", "object": "model", "created": 1, "owned_by": "us"}
    return {"object": "list", "data": [row | {"type": "base", "capabilities": {"completion_chat": True}}]}


def complaint(path: str, status: int, message: str) -> dict[str, Any]:
    """An error body."""
    if "/messages" in path:
        return {"type": "error", "error": {"type": ANTHROPIC.get(status, "api_error"), "message": message}}
    if "/api/" in path:
        return {"error": message}
    if path.endswith("/chat"):
        return {"id": "e1", "message": message}
    if ":" in path:
        return {"error": {"code": status, "message": message, "status": "UNKNOWN"}}
    kinds = {400: "invalid_request_error", 401: "invalid_request_error", 429: "rate_limit_exceeded"}
    return {"error": {"message": message, "type": kinds.get(status, "server_error"), "param": None, "code": None}}


def failure_event(path: str, status: int, message: str) -> dict[str, Any]:
    """What an event says that tells of an error; OpenAI's Responses have one of their own."""
    if path.endswith("/responses"):
        return {"type": "error", "sequence_number": 1, "code": "server_error", "message": message, "param": None}
    if path.endswith("/chat"):
        return {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": message}}
    return complaint(path, status, message)


def stated(retry: str) -> str:
    """The Retry-After that a plan asks for: `+30` is a date in so many seconds."""
    return formatdate(time.time() + int(retry), usegmt=True) if retry.startswith("+") else retry
