"""Limits of one configuration: what may be set, and that the proxy is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from proxy.call import Limits
from tests.thinkback.accounts.browser import send, signed_in
from thinkback.accounts.models import User
from thinkback.connections.models import Connection
from thinkback.connections.targets import connection_of

URL = "/api/providers"


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    """What everybody may do here."""
    settings.LIMITS = Limits(requests_per_minute=100, tokens_per_minute=5000, streams=10)


def patch(client: Client, url: str, data: Any) -> Any:
    return client.patch(url, json.dumps(data), content_type="application/json")


def limits_of(options: dict[str, Any], kind: str = "openai") -> Limits | None:
    """What the proxy is told of a row with these options."""
    told = connection_of(Connection(pk=1, user_id=1, kind=kind, slug="x", options=options), has_key=True)
    assert told is not None
    return told.limits


def test_they_are_kept_and_the_proxy_is_told(alice: User) -> None:
    client = signed_in(alice)
    wanted = {"kind": "openai", "name": "A", "requests_per_minute": "20", "streams": 2}
    assert send(client, URL, wanted).status_code == 201
    row = Connection.objects.get(user=alice, kind="openai")
    assert row.options == {"requests_per_minute": "20", "streams": "2"}
    assert limits_of(row.options) == Limits(20, 5000, 2)
    assert patch(client, f"{URL}/{row.slug}", {"requests_per_minute": "", "streams": ""}).status_code == 200
    row.refresh_from_db()
    assert limits_of(row.options) is None


@pytest.mark.parametrize("value", ["0", "-1", "11", "1.5", "many", "1e1", True])
def test_nonsense_is_refused_by_field(alice: User, value: Any) -> None:
    client = signed_in(alice)
    answer = send(client, URL, {"kind": "openai", "name": "A", "streams": value})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "streams")
    assert not Connection.objects.filter(user=alice, kind="openai").exists()


@pytest.mark.parametrize("options", [{}, {"streams": ""}, {"streams": "soon"}, {"streams": "9" * 30}])
def test_without_any_there_is_nothing_to_count(options: dict[str, str]) -> None:
    assert limits_of(options) is None


def test_the_sites_limits_stay_on_top() -> None:
    assert limits_of({"streams": "50"}) == Limits(100, 5000, 10)


def test_what_answers_by_itself_has_none(alice: User) -> None:
    client = signed_in(alice)
    answer = patch(client, f"{URL}/practice", {"streams": "2"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "streams")


def test_the_page_offers_them(alice: User) -> None:
    client = signed_in(alice)
    send(client, URL, {"kind": "openai", "name": "A", "streams": "2"})
    page = client.get(f"/settings/providers/{Connection.objects.get(kind='openai').slug}").content.decode()
    assert 'name="streams" value="2"' in page
