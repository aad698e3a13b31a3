"""What Practice makes of a request in OpenAI's format: a tool's results, calls, JSON, or a text."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from providers._json import encode
from providers._openai.tool_calls import text
from providers._practice.answer import LONGEST_ECHO, THOUGHT, Script, compose
from providers._practice.json import example
from providers._practice.tools import Misused, results, wanted

INLINE = re.compile(r"data:([\w.+/-]{1,100})(?:;[\w=.+-]{1,100}){0,9};base64,(.*)", re.DOTALL)
THOUGHTS = {"minimal": 1, "low": 1, "medium": 2, "high": 3, "xhigh": 5}  # how often it thinks the same, by effort


def script_of(body: Mapping[str, Any]) -> Script:
    """What is to be played. `messages` is a list with something in it."""
    messages = body["messages"]
    said = text_of(messages[-1])
    if told := results([plain(message) for message in messages]):
        return Script(told)
    try:
        calls = wanted(said, body)
    except Misused as error:
        return Script(str(error))
    thought = THOUGHT * THOUGHTS.get(text(body.get("reasoning_effort")), 0)
    if calls:
        return Script("", thought, calls=tuple(calls))
    if (answer := in_json(body.get("response_format"), said)) is not None:
        return Script(answer, thought)
    script = compose(said)
    seen = "\n\n".join(attached(messages[-1]))
    return Script("\n\n".join(filter(None, (seen, script.text))), script.reasoning or thought, script.failure)


def plain(message: Any) -> Any:
    """A message whose content is one text."""
    return {**message, "content": text_of(message)} if isinstance(message, dict) else message


def text_of(message: Any) -> str:
    """The text of a message, whether it is one string or several parts."""
    content = message.get("content") if isinstance(message, Mapping) else None
    if isinstance(content, list):
        texts = [str(part.get("text") or "") for part in content if isinstance(part, Mapping)]
        return "\n".join(filter(None, texts))
    return content if isinstance(content, str) else ""


def attached(message: Any) -> Iterator[str]:
    """A sentence about each picture and document of a message."""
    content = message.get("content") if isinstance(message, Mapping) else None
    for part in content if isinstance(content, list) else ():
        for kind, place in (("image_url", "url"), ("file", "file_data")):
            if isinstance(part, Mapping) and isinstance(part.get(kind), Mapping):
                name = text(part[kind].get("filename"))[:200]
                yield seen(
                    "a picture" if kind == "image_url" else f"the document {name}".rstrip(), part[kind].get(place)
                )


def seen(what: str, address: Any) -> str:
    """Type and size of what was sent whole; else its address, which Practice does not fetch."""
    found = INLINE.fullmatch(text(address))
    if found is None:
        return f"You sent {what} at <{text(address)[:LONGEST_ECHO]}>. Practice fetches nothing, so it was not seen."
    try:
        return f"You sent {what}: {found[1]}, {len(b64decode(found[2], validate=True)):,} bytes."
    except ValueError:
        return f"You sent {what}: {found[1]}, but it is not base64."


def in_json(format: Any, said: str) -> str | None:
    """A JSON answer to these words, if one is asked for: one that fits the schema if there is one."""
    format = format if isinstance(format, dict) else {}
    echo = said.strip()[:LONGEST_ECHO]
    match format.get("type"):
        case "json_object":
            return encode({"answer": echo}).decode()
        case "json_schema":
            inner = format.get("json_schema")
            return encode(example(inner.get("schema") if isinstance(inner, dict) else None, echo)).decode()
    return None
