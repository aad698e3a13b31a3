"""Time-outs and retries of a configuration: what may be set, and that the proxy is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

import providers
from tests.thinkback.accounts.browser import send, signed_in
from thinkback.accounts.models import User
from thinkback.connections.models import Connection
from thinkback.connections.resilience import BOUNDS, fields_of
from thinkback.connections.targets import connection_of

URL = "/api/providers"
SETTINGS = {
    "connect_timeout": "2.5",
    "first_byte_timeout": "30",
    "idle_timeout": "20",
    "total_timeout": "600",
    "drain_seconds": "2",
    "retries": "1",
    "retry_after_send": "on",
}


def stored(options: dict[str, Any], kind: str = "openai") -> Any:
    """The proxy's view of a row with these options."""
    return connection_of(Connection(pk=1, user_id=1, kind=kind, slug="x", options=options), has_key=True)


def test_they_are_kept_and_the_proxy_is_told(browser: Client) -> None:
    assert send(browser, URL, {"kind": "openai", "name": "A", "slug": "a", **SETTINGS}).status_code == 201
    row = Connection.objects.get(slug="a")
    assert row.options == SETTINGS
    told = connection_of(row, has_key=True)
    assert told is not None
    assert (told.connect_timeout, told.first_byte_timeout, told.idle_timeout, told.total_timeout) == (2.5, 30, 20, 600)
    assert (told.retries, told.retry_after_send, told.drain_seconds) == (1, True, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, value) for name in BOUNDS for value in ("-0.1", "-1", "soon", "NaN", "Infinity", "1e9", "", None, 5)),
        *(("retries", value) for value in ("-1", "3", "1.5", "many", True)),
        ("drain_seconds", "61"),
        ("retry_after_send", "maybe"),
    ],
)
def test_each_has_its_range(browser: Client, name: str, value: Any) -> None:
    answer = send(browser, URL, {"kind": "openai", "name": "A", name: value})
    if value in ("", None, 5):
        assert answer.status_code == 201
    else:
        assert answer.status_code == 400 and answer.json()["error"]["field"] == name


@pytest.mark.parametrize("options", [{}, {"retries": "", "idle_timeout": ""}, {"retries": "9", "idle_timeout": "soon"}])
def test_what_is_not_set_is_as_usual(options: dict[str, str]) -> None:
    told = stored(options)
    assert (told.retries, told.idle_timeout, told.total_timeout, told.retry_after_send) == (2, 300, 3600, False)


def test_what_answers_by_itself_has_none_of_it() -> None:
    assert stored({}, "practice").retries == 0
    assert not fields_of(providers.get("practice"))


def test_they_stand_in_the_fold_of_the_form(browser: Client) -> None:
    send(browser, URL, {"kind": "openai", "name": "A", "slug": "a", **SETTINGS})
    page = browser.get("/settings/providers/a").content.decode()
    fold = page[page.index("More settings") :]
    assert all(f'name="{name}"' in fold for name in SETTINGS)
    assert 'value="2.5"' in fold


@pytest.mark.parametrize("data", [{"kind": "openai"}, {"kind": "custom", "base_url": "https://x.org"}])
def test_the_question_for_usage_can_be_turned_off(alice: User, data: dict[str, Any]) -> None:
    client = signed_in(alice)
    made = send(client, "/api/providers", {"name": "A", "ask_for_usage": "off", **data})
    assert made.status_code == 201, made.content
    row = Connection.objects.get(user=alice, slug=made.json()["slug"])
    connection = connection_of(row, has_key=True)
    assert connection is not None and connection.target.options["ask_for_usage"] == "off"


@pytest.mark.parametrize("kind", ["anthropic", "google", "groq"])
def test_what_tells_of_usage_unasked_has_no_such_setting(alice: User, kind: str) -> None:
    answer = send(signed_in(alice), "/api/providers", {"kind": kind, "name": "A", "ask_for_usage": "off"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "ask_for_usage")
