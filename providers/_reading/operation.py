"""What a native request asks for, by its path and a few fields of its body."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from providers._base import Operation

# The first one whose words stand in the path names the operation, so the longer ones come first.
NAMES = (
    ("chat/completions", "chat"), ("messages/count_tokens", "count"), ("messages/batches", "batches"),
    ("messages", "chat"), ("responses/input_tokens", "count"), ("responses", "responses"),
    ("completions", "text_completion"), ("embeddings", "embeddings"), ("images", "image"), ("audio/speech", "speech"),
    ("audio", "transcription"), ("moderations", "moderation"), ("rerank", "rerank"), ("videos", "video"),
    ("models", "models"), ("batches", "batches"), ("files", "files"), ("uploads", "files"),
    ("fine_tuning", "fine_tuning"),
)  # fmt: skip
# The lines after it are bounded: a body may repeat the field a million times, and each would be read to the end.
FORM_MODEL = re.compile(rb'name="model"\r\n(?:[^\r\n]{1,200}\r\n){0,4}\r\n([^\r\n]{1,200})')
LONGEST_NAME = 200  # characters of a model's id


class Asked(msgspec.Struct):
    """The few fields of a request body that matter here; whatever else it holds is skipped, not decoded."""

    model: Any = None
    stream: Any = None
    max_tokens: Any = None
    max_completion_tokens: Any = None
    max_output_tokens: Any = None
    generationConfig: Any = None
    inferenceConfig: Any = None


DECODER = msgspec.json.Decoder(Asked)


def read_asked(body: bytes) -> Asked:
    """The fields of a JSON body, or the model of a multipart form; nothing for anything else."""
    if body.startswith(b"--"):
        found = FORM_MODEL.search(body)
        return Asked(model=found[1].decode("utf-8", "replace") if found else None)
    try:
        return DECODER.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return Asked()


def with_model(body: bytes, model: str) -> bytes | None:
    """The same JSON object with another `model`; every other value keeps its bytes. None for anything else."""
    try:
        document = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None
    return msgspec.json.encode({**document, "model": model})


def name_of(path: str) -> str:
    """The operation that a path of OpenAI's or Anthropic's API stands for; `other` for one unknown here."""
    path = f"/{path.strip('/')}/"
    return next((name for words, name in NAMES if f"/{words}/" in path), "other")


def text_or_none(value: Any) -> str | None:
    """A name, cut to a bearable length."""
    return value[:LONGEST_NAME] if isinstance(value, str) and value else None


def positive(*values: Any) -> int | None:
    """The first of these that is a whole number above zero."""
    return next((v for v in values if isinstance(v, int) and not isinstance(v, bool) and 0 < v < 2**53), None)


def read_operation(path: str, body: bytes) -> Operation:
    """The operation of a request in OpenAI's or Anthropic's format."""
    asked = read_asked(body)
    return Operation(
        name_of(path),
        text_or_none(asked.model),
        asked.stream is True,
        positive(asked.max_completion_tokens, asked.max_output_tokens, asked.max_tokens),
    )
