"""A service inside this process that speaks OpenAI's format: a transport that answers instead of connecting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from hashlib import sha256
from typing import Any

import httpx

from providers._json import decode_object, encode
from providers._practice.answer import Script, pieces, tokens
from providers._practice.script import script_of, text_of

PAUSES = {"practice": 0.015, "practice-slow": 0.12, "practice-instant": 0.0}  # seconds between two words, by model
LABELS = {"practice": "Practice", "practice-slow": "Practice, slow", "practice-instant": "Practice, instant"}
CREATED = 1_735_689_600  # a fixed moment, so that the same prompt gives the same bytes
CODES = {401: "invalid_api_key", 402: "insufficient_quota", 404: "model_not_found", 429: "rate_limit_exceeded"}


class PracticeTransport(httpx.AsyncBaseTransport):
    """Answers `GET v1/models` and `POST v1/chat/completions`."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to one request."""
        path = request.url.path.rstrip("/")
        if request.method == "GET" and path.endswith("/models"):
            return answer(200, {"object": "list", "data": [model_row(name) for name in PAUSES]})
        if request.method == "GET" and path.rpartition("/")[2] in PAUSES:
            return answer(200, model_row(path.rpartition("/")[2]))
        if request.method == "POST" and path.endswith("/chat/completions"):
            return chat(decode_object(await request.aread()))
        return refusal(404, f"Practice has no {request.method} {path}.", "unknown_url")


class Words(httpx.AsyncByteStream):
    """A streamed body that takes its time."""

    def __init__(self, events: Iterator[bytes], pause: float) -> None:
        self._events, self._pause = events, pause

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for sent in self._events:
            yield sent
            await asyncio.sleep(self._pause)


def chat(body: Mapping[str, Any]) -> httpx.Response:
    """The answer to a chat request."""
    model, messages = body.get("model"), body.get("messages")
    if not isinstance(messages, list) or not messages:
        return refusal(400, "'messages' is missing or empty.", "missing_required_parameter")
    if model not in PAUSES:
        return refusal(404, f"The model {str(model)[:80]!r} does not exist.", "model_not_found")
    script = script_of(body)
    if script.failure.isdigit():
        status = min(max(int(script.failure), 400), 599)
        return refusal(status, "Practice was asked to fail like this.", CODES.get(status, "practice_error"))
    played = Played(body, script)
    if body.get("stream") is not True:
        return answer(200, played.whole())
    headers = {"content-type": "text/event-stream", "x-request-id": played.id}
    return httpx.Response(200, headers=headers, stream=Words(played.events(), PAUSES[str(model)]))


class Played:
    """One answer, as OpenAI would send it: whole or in events, with usage when asked."""

    def __init__(self, body: Mapping[str, Any], script: Script) -> None:
        self.script = script
        self.model = str(body.get("model"))
        self.id = f"chatcmpl-{sha256(encode(body)).hexdigest()[:24]}"
        limit = body.get("max_completion_tokens") or body.get("max_tokens")
        words = pieces(before_stop(script.text, body.get("stop")))
        self.words = words[:limit] if isinstance(limit, int) and limit > 0 else words
        self.reason = "tool_calls" if script.calls else "stop" if len(self.words) == len(words) else "length"
        options = body.get("stream_options")
        self.reports = isinstance(options, Mapping) and options.get("include_usage") is True
        self.prompt_tokens = sum(tokens(text_of(message)) for message in body.get("messages", ()))

    def usage(self) -> dict[str, Any]:
        """The tokens, counted the same way for prompt and answer."""
        asked = (f"{name} {arguments}" for name, arguments in self.script.calls)
        reasoning, text = tokens(self.script.reasoning), tokens(" ".join(("".join(self.words), *asked)))
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": reasoning + text,
            "total_tokens": self.prompt_tokens + reasoning + text,
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        }

    def whole(self) -> dict[str, Any]:
        """The answer as one document."""
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self.words), "refusal": None}
        if self.script.reasoning:
            message["reasoning_content"] = self.script.reasoning
        if self.script.calls:
            message |= {"content": None, "tool_calls": self.calls()}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.reason}
        return self._document("chat.completion", [choice]) | {"usage": self.usage()}

    def calls(self) -> list[dict[str, Any]]:
        """The calls of tools, whole."""
        return [
            {"id": f"call_{self.id[-16:]}{index}", "type": "function", "function": {"name": name, "arguments": given}}
            for index, (name, given) in enumerate(self.script.calls)
        ]

    def events(self) -> Iterator[bytes]:
        """The answer as events."""
        yield self._chunk({"role": "assistant", "content": ""}, None)
        for word in pieces(self.script.reasoning):
            yield self._chunk({"reasoning_content": word}, None)
        for word in self.words:
            yield self._chunk({"content": word}, None)
        for index, call in enumerate(self.calls()):
            arguments, call["function"]["arguments"] = call["function"]["arguments"], ""
            yield self._chunk({"tool_calls": [{"index": index, **call}]}, None)
            for piece in pieces(arguments):
                yield self._chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}, None)
        if not self.script.failure:
            yield from self._end()
        elif self.script.failure != "cut":
            error = {"message": "Practice was asked to fail in mid-answer.", "type": "server_error", "code": None}
            yield event({"error": error})

    def _end(self) -> Iterator[bytes]:
        yield self._chunk({}, self.reason)
        if self.reports:
            yield event(self._document("chat.completion.chunk", []) | {"usage": self.usage()})
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: Mapping[str, Any], reason: str | None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return event(self._document("chat.completion.chunk", [choice]))

    def _document(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": CREATED, "model": self.model, "choices": choices}


def before_stop(text: str, stop: Any) -> str:
    """The text up to the first of the sequences that end it."""
    marks = [stop] if isinstance(stop, str) else stop if isinstance(stop, list) else []
    return min((text.partition(mark)[0] for mark in marks if isinstance(mark, str) and mark), key=len, default=text)


def model_row(name: str) -> dict[str, Any]:
    """One model as a list names it."""
    return {
        "id": name,
        "object": "model",
        "created": CREATED,
        "owned_by": "thinkback",
        "name": LABELS[name],
        "supported_parameters": ["tools", "reasoning", "response_format", "stop"],
        "architecture": {"input_modalities": ["text", "image", "file"], "output_modalities": ["text"]},
    }


def event(document: Mapping[str, Any]) -> bytes:
    """One server-sent event."""
    return b"data: " + encode(document) + b"\n\n"


def answer(status: int, document: Mapping[str, Any]) -> httpx.Response:
    """A JSON answer."""
    return httpx.Response(status, headers={"content-type": "application/json"}, content=encode(document))


def refusal(status: int, message: str, code: str) -> httpx.Response:
    """An error in OpenAI's shape."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    return answer(status, {"error": {"message": message, "type": kind, "param": None, "code": code}})
