"""JSON from strangers: decoded where it can be, never an exception."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

OBJECT = msgspec.json.Decoder(dict[str, Any])
FAILURES = (ValueError, RecursionError, msgspec.DecodeError)


def decode(data: bytes) -> Any:
    """The value, or None for what is not JSON. Invalid UTF-8 and lone surrogates become U+FFFD."""
    try:
        return msgspec.json.decode(data)
    except FAILURES:
        return decode_mended(data)


def decode_whole(data: bytes) -> dict[str, Any] | None:
    """The object, if these bytes are one and nothing else."""
    try:
        return OBJECT.decode(data)
    except FAILURES:
        return None


def decode_mended(data: bytes) -> Any:
    """The value of JSON whose text is not quite Unicode, or holds control characters as they are; else None."""
    try:
        text = data.decode("utf-8-sig", "replace")
        value = json.loads(text, parse_constant=lambda _: None, strict=False)  # the constants are NaN and the like
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    except FAILURES:
        return None


def decode_object(data: bytes) -> Mapping[str, Any]:
    """The object, or an empty one for anything else. Google wraps some of its errors in a list of one."""
    value = decode(data)
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else {}


def decode_first(data: bytes) -> Any:
    """The value that these bytes begin with, whatever follows it, or None."""
    try:
        return json.JSONDecoder().raw_decode(data.decode("utf-8", "replace"))[0]
    except FAILURES:
        return None


def encode(value: Any) -> bytes:
    """A request body."""
    return msgspec.json.encode(value)
