"""Where the pieces of text stand in one event of a stream, in each format, and what an event brings to an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

Path = tuple[Any, ...]
SAID = ("content", "reasoning_content", "reasoning", "refusal", "thinking")


@dataclass(frozen=True, slots=True)
class Slot:
    """One piece. Pieces with the same key make one text; `alone` makes an event that says nothing but this piece."""

    key: Path
    holder: dict[str, Any] = field(repr=False)
    name: str
    alone: Callable[[str], dict[str, Any]] = field(repr=False)
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class Speech:
    """What an event says. Texts whose key begins with one of `ends` and that it does not go on with are over.

    `last`: those it goes on with are over too.
    """

    slots: list[Slot]
    ends: tuple[Path, ...] = ()
    last: bool = False


def speech_of(event: dict[str, Any]) -> Speech:
    """What an event says, whichever format it is of; nothing for those that say nothing."""
    kind = str(event.get("type") or "")
    if "choices" in event:
        return of_openai(event)
    if "candidates" in event:
        return of_google(event)
    if kind.startswith("response."):
        return of_responses(event, kind)
    if kind.startswith(("content_block", "message")):
        return of_anthropic(event)
    if "done" in event:
        return of_ollama(event)
    return Speech([])


def rows(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list, if it is one."""
    yield from (row for row in value if isinstance(row, dict)) if isinstance(value, list) else ()


def of_openai(event: dict[str, Any]) -> Speech:
    """A chunk of a chat completion, or of an older completion."""
    frame = {name: value for name, value in event.items() if name not in ("choices", "usage")}
    choices = list(rows(event.get("choices")))
    slots = [slot for choice in choices for slot in of_choice(choice, frame)]
    ends = tuple((choice.get("index", 0),) for choice in choices if choice.get("finish_reason"))
    return Speech(slots, ends, last=bool(ends))


def of_choice(choice: dict[str, Any], frame: dict[str, Any]) -> Iterator[Slot]:
    """The pieces in one choice."""
    index = choice.get("index", 0)

    def alone(said: dict[str, Any]) -> dict[str, Any]:
        return {**frame, "choices": [{"index": index, **said, "finish_reason": None}]}

    delta = choice["delta"] if isinstance(choice.get("delta"), dict) else {}
    for name in SAID:
        if isinstance(delta.get(name), str):
            yield Slot((index, name), delta, name, partial(in_delta, alone, name))
    for part in rows(delta.get("content")):
        if isinstance(part.get("text"), str):
            yield Slot((index, "part"), part, "text", partial(in_delta, alone, "content"))
    for call in rows(delta.get("tool_calls")):
        yield from tool_call(index, call, partial(in_delta, alone, "tool_calls"))
    if isinstance(choice.get("text"), str):
        yield Slot((index, "text"), choice, "text", lambda text: alone({"text": text}))


def in_delta(alone: Callable[[dict[str, Any]], dict[str, Any]], name: str, value: Any) -> dict[str, Any]:
    """A chunk whose delta holds nothing but this."""
    return alone({"delta": {name: value}})


def tool_call(index: Any, call: dict[str, Any], alone: Callable[[Any], dict[str, Any]]) -> Iterator[Slot]:
    """A piece of the arguments of a call."""
    function, number = call.get("function"), call.get("index", 0)
    if isinstance(function, dict) and isinstance(function.get("arguments"), str):

        def rest(text: str) -> dict[str, Any]:
            return alone([{"index": number, "function": {"arguments": text}}])

        yield Slot((index, "call", number), function, "arguments", rest, is_json=True)


def of_google(event: dict[str, Any]) -> Speech:
    """A chunk of generateContent."""
    slots: list[Slot] = []
    ends: list[Path] = []
    last = False
    for candidate in rows(event.get("candidates")):
        index = candidate.get("index", 0)
        content = candidate["content"] if isinstance(candidate.get("content"), dict) else {}
        for part in rows(content.get("parts")):
            if isinstance(part.get("text"), str):
                thought = {"thought": True} if part.get("thought") is True else {}

                def alone(text: str, index: Any = index, thought: Any = thought) -> dict[str, Any]:
                    parts = [{"text": text, **thought}]
                    return {"candidates": [{"index": index, "content": {"role": "model", "parts": parts}}]}

                slots.append(Slot((index, bool(thought)), part, "text", alone))
        ends.append((index,))
        last = last or bool(candidate.get("finishReason"))
    return Speech(slots, tuple(ends), last)


def of_responses(event: dict[str, Any], kind: str) -> Speech:
    """An event of Responses: `….delta` goes on with a text of an item, everything else about the item ends it."""
    item = event.get("item_id") or (event["item"].get("id") if isinstance(event.get("item"), dict) else None)
    if kind.endswith(".delta") and isinstance(event.get("delta"), str):
        key = (item, event.get("content_index"), event.get("summary_index"), kind)
        slot = Slot(key, event, "delta", lambda text: {**event, "delta": text}, is_json="arguments" in kind)
        return Speech([slot], ((item,),))
    if kind in ("response.created", "response.in_progress", "response.queued"):
        return Speech([])
    return Speech([], ((item,),) if item is not None else ((),))


def of_anthropic(event: dict[str, Any]) -> Speech:
    """An event of Messages: blocks come one after the other."""
    delta = event["delta"] if isinstance(event.get("delta"), dict) else {}
    if event.get("type") == "content_block_delta":
        for name in ("text", "thinking", "partial_json"):
            if isinstance(delta.get(name), str):

                def alone(text: str, name: str = name) -> dict[str, Any]:
                    return {**event, "delta": {**delta, name: text}}

                slot = Slot((event.get("index"), name), delta, name, alone, is_json=name == "partial_json")
                return Speech([slot], ((),))
    return Speech([], ((),))


def of_ollama(event: dict[str, Any]) -> Speech:
    """A line of Ollama's own chat or generate."""
    message = event["message"] if isinstance(event.get("message"), dict) else None
    frame = {name: value for name, value in event.items() if name in ("model", "created_at")} | {"done": False}
    slots: list[Slot] = []
    if message is not None:
        for name in ("content", "thinking"):
            if isinstance(message.get(name), str):
                slots.append(Slot((name,), message, name, partial(in_message, frame, name)))
    elif isinstance(event.get("response"), str):
        slots.append(Slot(("response",), event, "response", lambda text: frame | {"response": text}))
    return Speech(slots, ((),) if event.get("done") else (), last=bool(event.get("done")))


def in_message(frame: dict[str, Any], name: str, text: str) -> dict[str, Any]:
    """A line of Ollama's whose message holds nothing but this."""
    return frame | {"message": {"role": "assistant", name: text}}
