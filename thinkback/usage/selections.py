"""Whose rows, of which time and kind: what every report, list and export starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from proxy.call import Source, Status
from thinkback.accounts.models import User
from thinkback.answers import ApiError
from thinkback.usage.models import Attempt
from thinkback.usage.ranges import Span, read_span

FILTERS = {  # name in the address: field of the row
    "provider": "provider",
    "model": "model",
    "source": "source",
    "status": "status",
    "slug": "slug",
    "origin": "origin",
    "token": "token_id",
}
_WORDS = {"source": get_args(Source), "status": get_args(Status)}


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows of one person, or of all, in a stretch of time."""

    span: Span
    user_id: int | None  # None = everybody, for owner and administrators
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def rows(self) -> QuerySet[Attempt]:
        """The rows, in no order."""
        found = Attempt.objects.filter(started_at__gte=self.span.start, started_at__lt=self.span.end)
        if self.user_id is not None:
            found = found.filter(user=self.user_id)
        for name, wanted in self.filters:
            found = found.filter(**{f"{FILTERS[name]}__in": wanted})
        return found


def read_selection(request: HttpRequest, user: User) -> Selection:
    """What an address asks for: a range, filters, and for owner and administrators `user=all` or a name.

    Raises ApiError 400 naming the field, 403 for somebody else's rows.
    """
    span = read_span(request.GET.dict(), user.timezone, datetime.now(UTC))
    filters = tuple((name, wanted) for name in FILTERS if (wanted := _wanted(request.GET, name)))
    return Selection(span, _whose(request.GET.get("user"), user), filters)


def _wanted(given: QueryDict, name: str) -> tuple[str, ...]:
    values = tuple(value for value in given.getlist(name) if value)
    if any("\0" in value for value in values):
        raise ApiError(400, "invalid_request", f"{name} holds a character that no name has.", name)
    known = _WORDS.get(name)
    if known is not None and not set(values) <= set(known):
        raise ApiError(400, "invalid_request", f"{name} must be one of {', '.join(known)}.", name)
    if name == "token" and not all(value.isascii() and value.isdecimal() and len(value) < 19 for value in values):
        raise ApiError(400, "invalid_request", "token must be the id of a token.", name)
    return values


def _whose(name: str | None, user: User) -> int | None:
    if name is None or name in ("", user.username):
        return user.pk
    if not user.is_staff:
        raise ApiError(403, "forbidden", "Only owner and administrators see the usage of others.", "user")
    if name == "all":
        return None
    other = User.objects.filter(username=name.replace("\0", "")).first()
    if other is None:
        raise ApiError(400, "invalid_request", "There is nobody of this name.", "user")
    return other.pk
