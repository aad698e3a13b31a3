"""The events of OpenAI's Responses. https://platform.openai.com/docs/api-reference/responses-streaming"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from providers._events import Citation, Event, Finish, Image, Reasoning, Text, ToolCall
from providers._json import encode
from providers._openai.reader import cited, from_base64, objects
from providers._openai.tool_calls import text

# Why an answer ended, in the words of chat completions, which are the same service's.
REASONS = {"max_output_tokens": "length", "content_filter": "content_filter"}
ENDINGS = ("response.completed", "response.incomplete")


class ResponseEvents:
    """What each event says. Items come whole at their end; a text that came in pieces is not said again."""

    def __init__(self) -> None:
        self._told: set[Any] = set()  # items whose words have come in pieces
        self._cited: set[str] = set()
        self._called = False

    def read(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """One event, or a whole response."""
        if document.get("object") == "response":
            yield from self._whole(document)
            return
        match document.get("type"):
            case "response.output_text.delta" | "response.refusal.delta":
                yield from self._piece(document, Text)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                yield from self._piece(document, Reasoning)
            case "response.reasoning_summary_part.added" if document.get("summary_index"):
                yield Reasoning("\n\n")
            case "response.output_text.annotation.added":
                yield from self._pages([document.get("annotation")])
            case "response.output_item.done":
                yield from self._item(document.get("item"), document.get("output_index"))
            case "response.completed" | "response.incomplete":
                yield self._finish(document.get("response"))

    def _piece(self, document: Mapping[str, Any], kind: type[Text] | type[Reasoning]) -> Iterator[Event]:
        if text(document.get("delta")):
            self._told.add(document.get("output_index"))
            yield kind(document["delta"])

    def _whole(self, response: Mapping[str, Any]) -> Iterator[Event]:
        for index, item in enumerate(objects(response.get("output"))):
            yield from self._item(item, index)
        yield self._finish(response)

    def _item(self, item: Any, index: Any) -> Iterator[Event]:
        if not isinstance(item, Mapping):
            return
        match item.get("type"):
            case "message":
                yield from self._message(item, index)
            case "reasoning":
                yield from self._reasoning(item, index)
            case "function_call":
                self._called = True
                yield ToolCall(text(item.get("call_id")), text(item.get("name")), text(item.get("arguments")) or "{}")
            case "image_generation_call":
                if data := from_base64(text(item.get("result"))):
                    yield Image(data, f"image/{text(item.get('output_format')) or 'png'}")

    def _message(self, item: Mapping[str, Any], index: Any) -> Iterator[Event]:
        for part in objects(item.get("content")):
            said = text(part.get("text")) or text(part.get("refusal"))
            if said and index not in self._told:
                yield Text(said)
            yield from self._pages(part.get("annotations"))

    def _reasoning(self, item: Mapping[str, Any], index: Any) -> Iterator[Event]:
        said = [text(part.get("text")) for name in ("summary", "content") for part in objects(item.get(name))]
        if any(said) and index not in self._told:
            yield Reasoning("\n\n".join(said))
        if sealed := text(item.get("encrypted_content")):
            proof = {"type": "reasoning", "id": text(item.get("id")), "encrypted_content": sealed}
            yield Reasoning("", encode(proof).decode())

    def _pages(self, annotations: Any) -> Iterator[Citation]:
        for page in (page for annotation in objects(annotations) for page in cited(annotation)):
            if page.url not in self._cited:
                self._cited.add(page.url)
                yield page

    def _finish(self, response: Any) -> Finish:
        if isinstance(response, Mapping) and response.get("status") == "incomplete":
            details = response.get("incomplete_details")
            reason = text(details.get("reason")) if isinstance(details, Mapping) else ""
            return Finish(REASONS.get(reason, reason or "incomplete"))
        return Finish("tool_calls" if self._called else "stop")
