"""The events of an answer in OpenAI's words: what each adds to the message.

https://platform.openai.com/docs/api-reference/chat-streaming; reasoning, pictures and the provider's own finish reason
go by the names that OpenRouter gives them (https://openrouter.ai/docs/use-cases/reasoning-tokens), a signature of a
call by Gemini's (https://ai.google.dev/gemini-api/docs/thought-signatures).
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from providers import Citation, Event, Finish, Image, Reasoning, ServerFailed, Text, ToolCall
from proxy.call import new_id

Delta = dict[str, Any]
LONGEST = 16 * 1024 * 1024  # characters of reasoning that await their signature

REASONS = {
    "length": "length", "max_tokens": "length", "max_output_tokens": "length", "max_length": "length",
    "model_length": "length", "model_context_window_exceeded": "length",
    "tool_calls": "tool_calls", "tool_call": "tool_calls", "tool_use": "tool_calls", "function_call": "tool_calls",
    "content_filter": "content_filter", "content_filtered": "content_filter", "refusal": "content_filter",
    "guardrail_intervened": "content_filter", "safety": "content_filter", "image_safety": "content_filter",
    "recitation": "content_filter", "blocklist": "content_filter", "prohibited_content": "content_filter",
    "spii": "content_filter", "error_toxic": "content_filter", "image_prohibited_content": "content_filter",
    "image_recitation": "content_filter", "language": "content_filter", "sensitive": "content_filter",
}  # fmt: skip  # any other word means that the model has said what it wanted to


class Deltas:
    """Words each event as it comes. What it keeps is the reasoning that awaits its signature."""

    def __init__(self) -> None:
        self.called = 0
        self.drawn = 0
        self.cited = 0
        self.reason: str | None = None  # the provider's own word
        self._thought: list[str] = []
        self._kept = 0
        self._blocks = 0

    @property
    def finish(self) -> dict[str, str | None]:
        """Why the answer ended: in one of OpenAI's four words, and in the provider's own."""
        word = REASONS.get((self.reason or "").lower(), "stop")
        if word == "stop" and self.called:  # Gemini and Ollama say no more than that they stopped
            word = "tool_calls"
        return {"finish_reason": word, "native_finish_reason": self.reason}

    def of(self, event: Event) -> Delta | None:
        """What an event adds; None for one that says nothing to a reader."""
        match event:
            case Text(text=text):
                return {"content": text}
            case Reasoning():
                return self._reasoning(event)
            case ToolCall():
                return {"tool_calls": [self._call(event)]}
            case Image(data=data, media_type=media_type):
                return {"images": [self._picture(data, media_type)]}
            case Citation(url=url, title=title):
                return {"annotations": [self._source(url, title)]}
            case Finish(reason=reason):
                self.reason = reason
        return None

    def _reasoning(self, thought: Reasoning) -> Delta:
        delta: Delta = {"reasoning_content": thought.text} if thought.text else {}
        if thought.text:
            self._keep(thought.text)
        if thought.signature:
            text = "".join(self._thought)
            self._thought.clear()
            self._kept = 0
            delta["reasoning_details"] = [self._block("text", text=text, signature=thought.signature)]
        elif thought.hidden:
            delta["reasoning_details"] = [self._block("encrypted", data=thought.hidden)]
        return delta

    def _keep(self, text: str) -> None:
        self._kept += len(text)
        if self._kept > LONGEST:
            raise ServerFailed("The model reasons for longer than can be kept.")
        self._thought.append(text)

    def _block(self, kind: str, **said: str) -> Delta:
        """A block of reasoning as it is to be given back: whole, whatever was told of it in pieces."""
        self._blocks += 1
        return {"type": f"reasoning.{kind}", **said, "index": self._blocks - 1}

    def _call(self, call: ToolCall) -> Delta:
        function = {"name": call.name, "arguments": call.arguments}
        name = call.id or f"call_{new_id().hex}"  # some services have none, and the result is found by it
        told: Delta = {"index": self.called, "id": name, "type": "function", "function": function}
        if call.signature:
            told["extra_content"] = {"google": {"thought_signature": call.signature}}
        self.called += 1
        return told

    def _source(self, url: str, title: str) -> Delta:
        self.cited += 1  # the SDK puts the lists of its deltas together by an index, annotations too
        return {"type": "url_citation", "url_citation": {"url": url, "title": title}, "index": self.cited - 1}

    def _picture(self, data: bytes, media_type: str) -> Delta:
        url = f"data:{media_type};base64,{b64encode(data).decode()}"
        self.drawn += 1
        return {"type": "image_url", "image_url": {"url": url}, "index": self.drawn - 1}
