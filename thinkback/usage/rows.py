"""Records as SQL: what is written when a call begins and when it ends, and the values that go in.

Values are made here in the form that both databases take as they are: identifiers in hexadecimal, times as text in UTC
(the session's zone on PostgreSQL, by Django's own setting), JSON as text. So nothing is adapted on the way.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from math import isfinite
from operator import attrgetter
from typing import Any

import msgspec

from proxy.record import Record
from thinkback.usage.batches import Statement
from thinkback.usage.money import to_pico

QUARTER = 900  # seconds
MOST_TOKENS = 10**12  # a greater number is nonsense, and unknown is what it tells
SMALL = 1_500  # bytes of JSON that need no bounds: nothing in them is long or deep

_EARLY = (
    "id", "operation_id", "attempt", "boot_id", "started_at", "quarter", "user_id", "token_id", "chat_id", "source",
    "provider", "slug", "operation", "endpoint", "method", "origin",
)  # fmt: skip
_TEXT = {
    "model": 200,
    "response_model": 200,
    "error_type": 64,
    "tokens_source": 16,
    "service_tier": 64,
    "cost_source": 16,
    "price_version": 64,
    "route_reason": 200,
    "provider_request_id": 200,
}
_TOKENS = (
    "input_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "reasoning_tokens",
)
_LATE = (
    "status", "finished_at", "http_status", "ttft_ms", "duration_ms", "streamed", "raw_usage", "cost_pico",
    "saved_pico", *_TEXT, *_TOKENS,
)  # fmt: skip
_texts, _tokens = attrgetter(*_TEXT), attrgetter(*_TOKENS)
_SIZES = tuple(_TEXT.values())


def _insert(*columns: str) -> str:
    return f"INSERT INTO usage_attempt ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608


# Writing the same row again is harmless: after a lost connection nobody knows whether the commit came through.
OPEN = Statement(
    _insert(*_EARLY, "status", "streamed", "model", "route_reason") + " ON CONFLICT (id) DO NOTHING", ahead=True
)
# A closed row is only amended by what came later; one that was thought dead may still be closed by who really has it.
_AMENDED = "usage_attempt.status IN ('started', 'interrupted') OR usage_attempt.finished_at <"
# The end of a record whose beginning is not there: it was never opened, or its opening was lost.
WHOLE = Statement(
    f"{_insert(*_EARLY, *_LATE)} ON CONFLICT (id) DO UPDATE SET "
    f"{', '.join(f'{column} = excluded.{column}' for column in _LATE)} WHERE {_AMENDED} excluded.finished_at"
)
CLOSE = Statement(
    f"UPDATE usage_attempt SET {', '.join(f'{column} = %s' for column in _LATE)} "  # noqa: S608
    f"WHERE id = %s AND ({_AMENDED} %s)",
    rest=WHOLE,
)
FORSAKE = Statement("UPDATE usage_attempt SET status = %s, finished_at = %s WHERE id = %s AND status = 'started'")


def quarter_of(moment: datetime) -> int:
    """The quarter of an hour that a moment lies in, counted from 1970 UTC."""
    return int(moment.timestamp()) // QUARTER


def opening(record: Record, boot: str) -> Sequence[Any]:
    """The parameters of OPEN; `boot` in hexadecimal."""
    return (
        *_early(record, boot),
        "started",
        record.streamed,
        _text(record.model, _TEXT["model"]),
        _text(record.route_reason, _TEXT["route_reason"]),
    )


def closing(record: Record) -> Sequence[Any]:
    """The parameters of CLOSE."""
    late = _late(record)
    return (*late, record.id.hex, late[1])


def whole(record: Record, boot: str, closing: Sequence[Any]) -> Sequence[Any]:
    """The parameters of WHOLE: a record's unchanging part, with those of its closing."""
    return (*_early(record, boot), *closing[: len(_LATE)])


def forsaking(record: Record) -> Sequence[Any]:
    """The parameters of FORSAKE, for an opening that nobody waits for any more."""
    return ("refused", _time(datetime.now(UTC)), record.id.hex)


def _early(record: Record, boot: str) -> Sequence[Any]:
    return (
        record.id.hex,
        record.operation_id.hex,
        record.attempt,
        boot,
        _time(record.started_at),
        quarter_of(record.started_at),
        record.user_id,
        record.token_id,
        None if record.chat_id is None else record.chat_id.hex,
        record.source,
        record.provider,
        _text(record.slug, 100),
        _text(record.operation, 64),
        _text(record.endpoint, 300),
        _text(record.method, 16),
        _text(record.origin, 300),
    )


def _late(record: Record) -> Sequence[Any]:
    return (
        record.status,
        _time(record.finished_at),
        record.http_status,
        record.ttft_ms,
        record.duration_ms,
        record.streamed,
        _json(record.raw_usage),
        to_pico(record.cost_usd),
        to_pico(record.saved_usd),
        *map(_text, _texts(record), _SIZES),
        *map(_count, _tokens(record)),
    )


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ").removesuffix("+00:00")


def _text(value: str | None, size: int) -> str | None:
    """Text that every database takes: no NUL, no half of a surrogate pair, no longer than its column."""
    if value is None or (len(value) <= size and value.isascii() and "\0" not in value):
        return value
    return value[:size].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _count(value: int | None) -> int | None:
    return value if value is not None and 0 <= value <= MOST_TOKENS else None


def _json(usage: dict[str, Any] | None) -> str | None:
    """A provider's own report as text."""
    if usage is None:
        return None
    try:
        plain = msgspec.json.encode(usage)
        if len(plain) <= SMALL and b"\\u0000" not in plain:
            return plain.decode()
    except (UnicodeEncodeError, OverflowError, TypeError, RecursionError):
        pass  # something in it must be made storable first
    return json.dumps(_clean(usage))


def _clean(value: Any, depth: int = 8) -> Any:
    """A provider's JSON made storable: the same care for text, and bounded in depth and length."""
    if isinstance(value, str):
        return _text(value, 1000)
    if isinstance(value, dict):
        return {_text(str(key), 100): _clean(item, depth - 1) for key, item in list(value.items())[:100] if depth}
    if isinstance(value, list):
        return [_clean(item, depth - 1) for item in value[:100] if depth]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value if isinstance(value, int | float | None) else _text(str(value), 1000)
