"""Long lists in pages, under a cursor that stays true while rows are added."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db.models import QuerySet
from django.test import RequestFactory

from thinkback.accounts.models import AuditEntry
from thinkback.api import ApiError, page

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


def add(*names: str, at: datetime = START) -> None:
    for name in names:
        AuditEntry.objects.create(action=name, at=at)


def read(queryset: QuerySet[AuditEntry], **query: Any) -> tuple[list[str], str | None]:
    response = page(RequestFactory().get("/", query), queryset, lambda entry: entry.action)
    data = json.loads(response.content)
    return data["results"], data["next"]


def read_all(queryset: QuerySet[AuditEntry], limit: int) -> list[str]:
    found, cursor = read(queryset, limit=limit)
    while cursor:
        more, cursor = read(queryset, limit=limit, cursor=cursor)
        assert more
        found += more
    return found


def test_newest_first_until_there_are_no_more() -> None:
    add("a", "b", "c", "d", "e")
    assert read_all(AuditEntry.objects.all(), 2) == ["e", "d", "c", "b", "a"]


def test_last_page_has_no_next() -> None:
    add("a", "b")
    assert read(AuditEntry.objects.all(), limit=2) == (["b", "a"], None)
    assert read(AuditEntry.objects.none()) == ([], None)


def test_rows_added_meanwhile_move_nothing() -> None:
    add("a", "b", "c")
    _, cursor = read(AuditEntry.objects.all(), limit=2)
    add("d")
    assert read(AuditEntry.objects.all(), limit=2, cursor=cursor) == (["a"], None)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_order_of_its_own_to_the_microsecond_and_with_ties(limit: int) -> None:
    add("a", "b", at=START + timedelta(microseconds=1))
    add("c", "d", at=START)
    add("e", at=START + timedelta(seconds=1))
    assert read_all(AuditEntry.objects.order_by("-at"), limit) == ["e", "b", "a", "d", "c"]


def test_filters_stay() -> None:
    add("a", "b", "a")
    assert read_all(AuditEntry.objects.filter(action="a"), 1) == ["a", "a"]


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1.5", "", "²", "9" * 5000])
def test_limit_has_bounds(limit: str) -> None:
    with pytest.raises(ApiError) as caught:
        read(AuditEntry.objects.all(), limit=limit)
    assert (caught.value.status, caught.value.field) == (400, "limit")


def written(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "!!!", written([]), written({}), written([1]), written(["x", 1]), written([None, 1]), written([[], 1]),
     written(["2026-01-01T00:00:00Z", "x"]), written(["2026-99-01T00:00:00Z", 1]), written([1.5, 1]), "W1tb" * 5000],
)  # fmt: skip
def test_cursor_that_is_none_is_refused(cursor: str) -> None:
    add("a")
    with pytest.raises(ApiError) as caught:
        read(AuditEntry.objects.order_by("-at"), cursor=cursor)
    assert (caught.value.status, caught.value.field) == (400, "cursor")


def test_enormous_number_in_a_cursor_is_no_error() -> None:
    add("a")
    assert read(AuditEntry.objects.all(), cursor=written([10**30]))[0] in ([], ["a"])


def test_ascending_order_is_a_mistake() -> None:
    with pytest.raises(FieldError):
        read(AuditEntry.objects.order_by("at"))
