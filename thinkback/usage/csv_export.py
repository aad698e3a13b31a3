"""Records as CSV, streamed; safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import Q, QuerySet

from thinkback.usage.models import Attempt
from thinkback.usage.presentation import FIELDS, record_json, text_of

PAGE = 500  # rows in memory at once
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # how a spreadsheet's formula begins


def safe(value: Any) -> str:
    """Text that no spreadsheet runs (https://owasp.org/www-community/attacks/CSV_Injection); numbers stay numbers."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    text = text_of(value)
    return f"'{text}" if isinstance(value, str) and text.lstrip(" ").startswith(_FORMULA) else text


async def lines(rows: QuerySet[Attempt]) -> AsyncIterator[bytes]:
    """The file, a page at a time, newest first; rows that come meanwhile do not shift it."""
    yield _written([FIELDS])
    last: Attempt | None = None
    while page := await sync_to_async(_page)(rows, last):
        yield _written([safe(value) for value in record_json(row).values()] for row in page)
        last = page[-1]


def _page(rows: QuerySet[Attempt], last: Attempt | None) -> list[Attempt]:
    if last is not None:
        rows = rows.filter(Q(started_at__lt=last.started_at) | Q(started_at=last.started_at, pk__lt=last.pk))
    return list(rows.select_related("user").order_by("-started_at", "-pk")[:PAGE])


def _written(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
