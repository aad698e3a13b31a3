"""Sums are exact, days are those of the place, and nothing unknown becomes 0."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.call import new_id
from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.chat.footers import footer_of
from thinkback.usage.models import Attempt
from thinkback.usage.ranges import read_span
from thinkback.usage.reports import report, totals_of
from thinkback.usage.rows import quarter_of
from thinkback.usage.selections import Selection
from thinkback.usage.totals import Totals

ZONES = ("UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin", "Australia/Lord_Howe")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def select(user: User | None, first: str, last: str, tz: str = "UTC", **filters: str) -> Selection:
    span = read_span({"from": first, "to": last, "tz": tz}, "UTC", NOW)
    wanted = tuple((name, (value,)) for name, value in filters.items())
    return Selection(span, user and user.pk, wanted)


def comparable(totals: Totals) -> tuple[int | None, ...]:
    return (
        totals.requests,
        totals.attempts,
        totals.errors,
        totals.unpriced,
        totals.spend_pico,
        totals.input_tokens or 0,
        totals.output_tokens or 0,
    )


def scattered(user: User, seed: int, count: int = 120) -> None:
    """Calls at all times of three weeks around both changes of clocks in 2026, some retried, some without a price."""
    random = Random(seed)
    rows = []
    for _ in range(count):
        base = random.choice([datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC)])
        started = base + timedelta(seconds=random.randrange(21 * 86_400))
        operation = new_id()
        for attempt in range(1, random.choice([1, 1, 1, 2, 3]) + 1):
            started += timedelta(seconds=random.randrange(1, 4000))
            rows.append(
                Attempt(
                    operation_id=operation,
                    attempt=attempt,
                    boot_id=operation,
                    started_at=started,
                    quarter=quarter_of(started),
                    user=user,
                    source="proxy",
                    provider=random.choice(["openai", "anthropic"]),
                    operation="chat",
                    status=random.choice(["ok", "ok", "error", "cancelled", "refused"]),
                    model=random.choice([None, "a", "b"]),
                    input_tokens=random.choice([None, random.randrange(10_000)]),
                    output_tokens=random.choice([None, random.randrange(10_000)]),
                    cost_pico=random.choice([None, random.randrange(10**13)]),
                )
            )
    Attempt.objects.bulk_create(rows)


@pytest.mark.parametrize("zone", ZONES)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_days_add_up_to_the_range(alice: User, zone: str, seed: int) -> None:
    Attempt.objects.all().delete()
    scattered(alice, seed)
    for first, last in (("2026-03-05", "2026-04-06"), ("2026-10-20", "2026-11-15")):
        selection = select(alice, first, last, zone)
        whole = report(selection, "day")
        days = selection.span.days()
        assert [group.key for group in whole.groups] == days
        singly = [report(select(alice, str(day), str(day + timedelta(days=1)), zone), "model").total for day in days]
        assert [comparable(group.totals) for group in whole.groups] == [comparable(total) for total in singly]
        for grouping in ("day", "hour", "provider", "model", "status"):
            parts = [comparable(group.totals) for group in report(selection, grouping).groups]
            assert tuple(sum(part) for part in zip(*parts, strict=True)) == comparable(whole.total)


@pytest.mark.parametrize(("zone", "day"), [("UTC", 19), ("Asia/Kolkata", 20), ("Asia/Kathmandu", 20)])
def test_a_day_is_that_of_the_place(alice: User, zone: str, day: int) -> None:
    an_attempt(alice, started_at=datetime(2026, 11, 19, 18, 30, tzinfo=UTC), cost_usd=Decimal(1))
    found = report(select(alice, "2026-11-18", "2026-11-22", zone), "day").groups
    assert [group.key for group in found if group.totals.requests] == [date(2026, 11, day)]


def test_the_hour_that_clocks_repeat_is_two(alice: User) -> None:
    for hour in (0, 1):  # half past two, twice
        an_attempt(alice, started_at=datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
    found = report(select(alice, "2026-10-25", "2026-10-26", "Europe/Berlin"), "hour").groups
    assert len(found) == 25
    assert [group.key.isoformat() for group in found if group.totals.requests] == [
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T02:00:00+01:00",
    ]


def test_requests_are_operations_and_money_is_attempts(alice: User) -> None:
    operation, started = new_id(), datetime(2026, 11, 19, tzinfo=UTC)
    for attempt, status in ((1, "error"), (2, "error"), (3, "ok")):
        an_attempt(
            alice, operation_id=operation, attempt=attempt, status=status, started_at=started, cost_usd=Decimal("0.5")
        )
    total = report(select(alice, "2026-11-19", "2026-11-20"), "day").total
    assert (total.requests, total.attempts, total.errors) == (1, 3, 0)
    assert total.spend_usd == Decimal("1.5")
    assert total.success_rate == 1.0


def test_what_nobody_knows_is_not_nothing(alice: User) -> None:
    started = datetime(2026, 11, 19, tzinfo=UTC)
    selection = select(alice, "2026-11-19", "2026-11-20")
    assert report(selection, "day").total.spend_usd == 0  # no calls, no cost
    an_attempt(alice, started_at=started, input_tokens=5, output_tokens=5)
    total = report(selection, "day").total
    assert (total.spend_usd, total.unpriced) == (None, 1)
    an_attempt(alice, started_at=started, cost_usd=Decimal("0.25"), input_tokens=5)
    total = report(selection, "day").total
    assert (total.spend_usd, total.unpriced) == (Decimal("0.25"), 1)
    assert (total.input_tokens, total.output_tokens, total.cache_read_tokens) == (10, 5, None)


@pytest.mark.parametrize(
    ("values", "unpriced"),
    [
        ({"status": "ok"}, 1),
        ({"status": "interrupted"}, 1),
        ({"status": "cancelled"}, 1),
        ({"status": "started"}, 0),
        ({"status": "error"}, 0),
        ({"status": "error", "input_tokens": 5}, 1),
        ({"status": "refused", "attempt": 0}, 0),
        ({"status": "ok", "operation": "models"}, 0),
        ({"status": "ok", "operation": "responses", "method": "GET", "input_tokens": 5}, 0),
        ({"status": "ok", "input_tokens": 0, "output_tokens": 0}, 0),
        ({"status": "ok", "cost_usd": Decimal(0)}, 0),
    ],
)
def test_only_what_may_have_cost_something_lacks_a_price(alice: User, values: dict[str, object], unpriced: int) -> None:
    an_attempt(alice, started_at=datetime(2026, 11, 19, tzinfo=UTC), **values)
    assert report(select(alice, "2026-11-19", "2026-11-20"), "day").total.unpriced == unpriced


def test_sums_beyond_sixty_four_bits(alice: User) -> None:
    for _ in range(3):
        an_attempt(alice, started_at=datetime(2026, 11, 19, tzinfo=UTC), cost_usd=Decimal("8999999.000000000001"))
    total = report(select(alice, "2026-11-19", "2026-11-20"), "model").total
    assert total.spend_usd == Decimal("26999997.000000000003")


def test_latencies_are_those_of_good_answers(alice: User) -> None:
    started = datetime(2026, 11, 19, tzinfo=UTC)
    for n in range(1, 101):
        an_attempt(alice, started_at=started, duration_ms=float(n), ttft_ms=n / 10)
    an_attempt(alice, started_at=started, duration_ms=9e9, status="error")
    an_attempt(alice, started_at=started, duration_ms=9e9, operation="models")
    found = report(select(alice, "2026-11-19", "2026-11-20"), "model")
    expected = {"latency_ms": {"p50": 50.0, "p95": 95.0}, "ttft_ms": {"p50": 5.0, "p95": 9.5}}
    assert found.times.summary() == expected
    assert found.groups[0].times.summary() == expected


def test_everybody_or_one(alice: User, bob: User) -> None:
    for user, cost in ((alice, "1"), (bob, "2")):
        an_attempt(user, started_at=datetime(2026, 11, 19, tzinfo=UTC), cost_usd=Decimal(cost))
    assert report(select(bob, "2026-11-19", "2026-11-20"), "day").total.spend_usd == 2
    everybody = report(select(None, "2026-11-19", "2026-11-20"), "user")
    assert [(group.label, group.totals.spend_usd) for group in everybody.groups] == [("bob", 2), ("alice", 1)]


def test_the_footer_of_an_answer(alice: User) -> None:
    known, unknown, absent = new_id(), new_id(), new_id()
    for attempt in (1, 2):
        an_attempt(
            alice,
            operation_id=known,
            attempt=attempt,
            cost_usd=Decimal("0.1"),
            cost_source="table",
            input_tokens=10,
            duration_ms=5.0,
        )
    an_attempt(alice, operation_id=unknown, input_tokens=10, output_tokens=1)
    an_attempt(alice, operation_id=unknown, attempt=2, cost_usd=Decimal(1), cost_source="provider")
    found = totals_of({one: one for one in (known, unknown, absent)})
    assert found.keys() == {known, unknown}
    assert (found[known].cost_usd, found[known].cost_source) == (Decimal("0.2"), "table")
    assert (found[known].input_tokens, found[known].output_tokens, found[known].duration_ms) == (20, None, 10.0)
    assert (found[unknown].cost_usd, found[unknown].cost_source, found[unknown].status) == (None, None, "ok")


def test_the_footer_names_a_fallback(alice: User) -> None:
    operation = new_id()
    an_attempt(alice, operation_id=operation, slug="work", model="m", status="error", input_tokens=3)
    reason = "fallback: work answered 503"
    an_attempt(alice, operation_id=operation, attempt=2, slug="spare", model="m-2", input_tokens=4, route_reason=reason)
    footer = footer_of(totals_of({operation: operation})[operation], {"spare": "Spare"})
    assert footer is not None and footer.parts[:2] == ("Spare m-2", "7 in")
    assert footer.detail.startswith("Fallback: work answered 503")
