"""The page `/usage`: what it says for nothing, one, many and nonsense; everything is in its address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.usage import pages


def see(client: Client, user: User, /, **given: Any) -> str:
    client.force_login(user)
    response = client.get("/usage", given)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    response = client.get("/usage")
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_who_has_used_nothing_is_told_where_to_begin(client: Client, bob: User) -> None:
    page = see(client, bob)
    assert "No usage yet" in page
    assert "Start a chat" in page
    assert "$0.00" not in page


def test_an_empty_range_and_empty_filters_are_told_apart(client: Client, bob: User) -> None:
    an_attempt(bob, started_at=datetime.now(UTC) - timedelta(days=300))
    assert "No calls were made in these days" in see(client, bob)
    filtered = see(client, bob, model="nothing")
    assert "No call of these days matches the filters" in filtered
    assert "Clear filters" in filtered


def test_an_unknown_provider_is_no_choice(client: Client, bob: User) -> None:
    an_attempt(bob, provider="", operation="", model=None, status="refused")
    an_attempt(bob, provider="openai")
    page = see(client, bob)
    assert "provider=openai" in page
    assert "provider=&" not in page and 'provider="' not in page
    assert '<span class="name">—</span>' in page


def test_why_a_model_was_asked_is_told(client: Client, bob: User) -> None:
    an_attempt(bob, route_reason="alias fast: the cheapest of 3 with images")
    assert "Alias fast: the cheapest of 3 with images" in see(client, bob)


def test_spend_and_what_has_no_price(client: Client, bob: User) -> None:
    an_attempt(bob, cost_usd=Decimal("1.25"), cost_source="table", input_tokens=1000, output_tokens=10)
    an_attempt(bob, input_tokens=5, output_tokens=5, model="mystery")
    page = see(client, bob)
    assert "$1.25" in page
    assert "1 without a price" in page
    assert "Why 1 call has no price" in page
    assert "Nobody told what this cost" in page
    assert "List price" in page


def test_nothing_but_unknown_prices_is_no_zero(client: Client, bob: User) -> None:
    an_attempt(bob, input_tokens=5, output_tokens=5)
    page = see(client, bob, range="today")
    assert "$0.00" not in page.split("Spend by hour")[0]
    assert ">—</dd>" in page


def test_the_chart_says_in_words_what_it_draws(client: Client, bob: User) -> None:
    an_attempt(bob, started_at=datetime(2026, 11, 2, 12, tzinfo=UTC), cost_usd=Decimal(3))
    an_attempt(bob, started_at=datetime(2026, 11, 3, 12, tzinfo=UTC), cost_usd=Decimal(1))
    page = see(client, bob, **{"from": "2026-11-01", "to": "2026-11-06"})
    assert 'role="img"' in page
    assert "Spend by day, 1 Nov to 5 Nov: $4.00 in all, most at 2 Nov with $3.00." in page
    assert "2 Nov: $3.00, 1 request" in page
    assert "Show as table" in page


def test_days_are_those_of_the_reader(client: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(timezone="Asia/Kathmandu")
    bob.refresh_from_db()
    an_attempt(bob, started_at=datetime(2026, 11, 2, 18, 15, tzinfo=UTC), cost_usd=Decimal(1))
    given = {"from": "2026-11-01", "to": "2026-11-06"}
    assert "3 Nov: $1.00" in see(client, bob, **given)
    assert "2 Nov: $1.00" in see(client, bob, tz="UTC", **given)


def test_days_given_by_hand_include_the_last(client: Client, bob: User) -> None:
    client.force_login(bob)
    asked = {"first": "2026-11-01", "last": "2026-11-05", "model": "a b", "page": "3", "range": "7d"}
    response = client.get("/usage", asked)
    assert response["Location"] == "/usage?model=a+b&from=2026-11-01&to=2026-11-06"
    assert client.get("/usage", {"first": "x", "last": "9999-12-31"}, follow=True).status_code == 400


@pytest.mark.parametrize("given", [{"from": "soon"}, {"tz": "Mars"}, {"range": "decade"}, {"status": "fine"}])
def test_nonsense_is_answered_with_a_way_back(client: Client, bob: User, given: dict[str, str]) -> None:
    client.force_login(bob)
    response = client.get("/usage", given)
    assert response.status_code == 400
    assert "Show the last 30 days" in response.content.decode()


def test_bob_sees_his_own_and_nobody_elses(client: Client, alice: User, bob: User) -> None:
    an_attempt(alice, model="secret-of-alice")
    an_attempt(bob, model="his-own")
    page = see(client, bob)
    assert "his-own" in page
    assert "secret-of-alice" not in page
    assert "Everybody" not in page
    assert client.get("/usage", {"user": "all"}).status_code == 403


def test_the_owner_can_look_at_everybody(client: Client, alice: User, bob: User) -> None:
    an_attempt(bob, model="his-own")
    assert "his-own" not in see(client, alice, user="")
    page = see(client, alice, user="all")
    assert "his-own" in page
    assert "· bob" in page


def test_calls_come_in_pages_that_keep_the_filters(client: Client, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PER_PAGE", 2)
    now = datetime.now(UTC)
    for age in range(5):
        an_attempt(bob, started_at=now - timedelta(minutes=age), provider_request_id=f"number-{age}")
    second = see(client, bob, model="gpt-4o", page="2")
    assert [age for age in range(5) if f"number-{age}" in second] == [2, 3]
    assert "?model=gpt-4o&page=1#calls" in second
    assert "?model=gpt-4o&page=3#calls" in second
    assert "number-4" in see(client, bob, page="999999")


def test_names_from_outside_cannot_write_html(client: Client, bob: User) -> None:
    evil = "<script>alert(1)</script>"
    an_attempt(bob, model=evil, origin=evil, provider_request_id=evil, service_tier=evil, error_type=evil, slug=evil)
    client.force_login(bob)
    assert evil not in client.get("/usage", {"model": evil}).content.decode()


def test_the_page_needs_few_questions_to_the_database(
    client: Client, bob: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(60):
        an_attempt(bob, model=f"m{n}")
    client.force_login(bob)
    with django_assert_max_num_queries(12):
        client.get("/usage")
