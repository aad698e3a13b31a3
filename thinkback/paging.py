"""Long lists in pages, newest first, under a cursor that stays true while rows are added."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, JsonResponse

from thinkback.answers import ApiError, answer

M = TypeVar("M", bound=Model)
LIMIT = 50
MOST = 500


class ExactEncoder(DjangoJSONEncoder):
    """Django's, with the microseconds that it cuts off."""

    def default(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else super().default(value)


def page(request: HttpRequest, queryset: QuerySet[M], row: Callable[[M], Any]) -> JsonResponse:
    """One page of a list: `{"results": [newest first], "next": cursor or null}`, as `?cursor=` and `?limit=` ask.

    Order is the queryset's own, of descending fields that are never NULL; without one, the primary key descending.
    """
    fields = _fields(queryset)
    limit = _limit(request.GET.get("limit"))
    if cursor := request.GET.get("cursor"):
        queryset = queryset.filter(_older(queryset.model, fields, _read(cursor, len(fields))))
    rows = list(queryset.order_by(*(f"-{name}" for name in fields))[: limit + 1])
    more = len(rows) > limit
    shown = rows[:limit]
    following = _write([getattr(shown[-1], name) for name in fields]) if more else None
    return answer({"results": [row(each) for each in shown], "next": following})


def _fields(queryset: QuerySet[Any]) -> list[str]:
    """The names that the list is ordered by; the primary key last, so that no two rows are equal."""
    names = [str(name) for name in queryset.query.order_by]
    if any(not name.startswith("-") for name in names):
        raise FieldError("a paged list is ordered by descending fields")
    plain = [name[1:] for name in names if name not in ("-pk", "-id")]
    return [*plain, "pk"]


def _older(model: type[Model], fields: list[str], values: list[Any]) -> Q:
    """Rows after the cursor: smaller in the first field, or equal there and smaller in the next, and so on."""
    older, same = Q(pk__in=[]), Q()
    for name, value in zip(fields, values, strict=True):
        found = model._meta.pk if name == "pk" else model._meta.get_field(name)
        try:
            value = found.to_python(value)  # type: ignore[union-attr]
        except ValidationError:
            raise _nonsense() from None
        older |= same & Q(**{f"{name}__lt": value})
        same &= Q(**{name: value})
    return older


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MOST:
        raise ApiError(400, "invalid_request", f"limit must be a whole number from 1 to {MOST}.", "limit")
    return int(text)


def _write(values: list[Any]) -> str:
    text = json.dumps(values, cls=ExactEncoder, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise _nonsense() from None
    if not isinstance(values, list) or len(values) != length or any(not isinstance(v, (str, int)) for v in values):
        raise _nonsense()
    return values


def _nonsense() -> ApiError:
    return ApiError(400, "invalid_request", "This cursor is not one of ours.", "cursor")
