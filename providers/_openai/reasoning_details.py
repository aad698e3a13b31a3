"""OpenRouter's `reasoning_details`, in which reasoning comes with its proofs and is to be given back with them.

https://openrouter.ai/docs/use-cases/reasoning-tokens#preserving-reasoning-blocks

The signature of our events is the whole object but for its text, as JSON, so that it can be given back unchanged; one
from another service does not look like that and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from providers._events import Reasoning
from providers._json import decode_object, encode

TEXTS = {"reasoning.text": "text", "reasoning.summary": "summary"}
PROOFS = ("signature", "data")


def thoughts(details: Any) -> Iterator[Reasoning]:
    """What the details of one chunk say; a proof covers what was said since the last one."""
    for detail in details if isinstance(details, list) else ():
        if not isinstance(detail, Mapping):
            continue
        name = TEXTS.get(str(detail.get("type")), "")
        text = detail.get(name)
        proved = any(isinstance(detail.get(proof), str) and detail[proof] for proof in PROOFS)
        rest = {key: value for key, value in detail.items() if key != name and value is not None}
        signature = encode(rest).decode() if proved else ""
        if (isinstance(text, str) and text) or signature:
            yield Reasoning(text if isinstance(text, str) else "", signature)


def given_back(given: Sequence[Reasoning], between_calls: bool) -> dict[str, Any]:
    """The fields of the assistant's turn: details where they have proofs, else mere text between calls of tools."""
    details = [detail for thought in given for detail in details_of(thought)]
    if details:
        return {"reasoning_details": details}
    text = "".join(thought.text for thought in given if not thought.signature)
    return {"reasoning": text} if text and between_calls else {}


def details_of(thought: Reasoning) -> Iterator[Mapping[str, Any]]:
    """The details that one block of reasoning was made from."""
    detail = decode_object(thought.signature.encode("utf-8", "replace")) if thought.signature else {}
    kind = str(detail.get("type"))
    if not kind.startswith("reasoning."):
        return
    if kind in TEXTS:
        yield {**detail, TEXTS[kind]: thought.text}
        return
    if thought.text:
        kind = "reasoning.summary" if str(detail.get("format")).startswith("openai") else "reasoning.text"
        yield {"type": kind, TEXTS[kind]: thought.text, **{key: detail[key] for key in ("format",) if key in detail}}
    yield detail
