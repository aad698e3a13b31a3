"""The status page: who sees it, and what it tells of the last hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.usage.provider_health import Health, last_hour

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes before now."""
    return NOW - timedelta(minutes=minutes)


def test_it_is_for_owner_and_administrators(client: Client, alice: User, bob: User) -> None:
    client.force_login(bob)
    assert client.get("/settings/status").status_code == 403
    assert b"/settings/status" not in client.get("/settings/").content
    client.force_login(alice)
    assert client.get("/settings/status").status_code == 200
    assert b'href="/settings/status"' in client.get("/settings/").content


def test_without_calls_it_says_so(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/settings/status").content.decode()
    assert "No calls in the last hour" in page
    assert "Calls cannot be booked" in page  # no server runs here


def test_calls_of_everybody_are_in_it(client: Client, alice: User, bob: User) -> None:
    an_attempt(bob, duration_ms=1500.0)
    an_attempt(bob, status="error", error_type="rate_limit", http_status=429)
    client.force_login(alice)
    page = client.get("/settings/status").content.decode()
    for told in ("OpenAI", "50 %", "1 rate_limit", "rate_limit (429)", "1.5 s", "Failing"):
        assert told in page


def test_the_last_hour(alice: User, bob: User) -> None:
    for minutes in (1, 2, 59, 61):
        an_attempt(alice, started_at=at(minutes), duration_ms=100.0 * minutes)
    an_attempt(bob, started_at=at(3), status="error", error_type="timeout")
    last = an_attempt(bob, started_at=at(2), status="interrupted")
    for ignored in ("refused", "cancelled", "started"):
        an_attempt(bob, started_at=at(4), status=ignored)
    (health,) = last_hour(NOW)
    assert (health.label, health.attempts, health.failure_rate) == ("OpenAI", 5, 0.4)
    assert dict(health.by_type) == {"timeout": 1, "interrupted": 1}
    assert health.times["latency_ms"] == {"p50": 200.0, "p95": 5900.0}
    assert health.last_failure == last


def test_what_came_from_memory_says_nothing_of_a_provider(alice: User) -> None:
    for minutes in (1, 2):
        an_attempt(alice, started_at=at(minutes), duration_ms=0.2, cost_source="cache")
    assert last_hour(NOW) == []
    an_attempt(alice, started_at=at(3), duration_ms=900.0)
    (health,) = last_hour(NOW)
    assert (health.attempts, health.times["latency_ms"]["p50"]) == (1, 900.0)


def test_servers_of_ones_own_are_told_apart(alice: User) -> None:
    an_attempt(alice, started_at=at(1), provider="custom", slug="ollama")
    an_attempt(alice, started_at=at(1), provider="custom", slug="vllm", status="error", error_type="network_error")
    assert [(health.label, health.state) for health in last_hour(NOW)] == [("vllm", "bad"), ("ollama", "good")]


@pytest.mark.parametrize(
    ("succeeded", "failed", "state"), [(0, 0, "quiet"), (99, 1, "good"), (98, 2, "warn"), (8, 2, "bad"), (0, 1, "bad")]
)
def test_states(succeeded: int, failed: int, state: str) -> None:
    health = Health("OpenAI", succeeded)
    health.failures["timeout"] = failed
    assert health.state == state
