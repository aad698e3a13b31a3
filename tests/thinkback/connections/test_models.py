"""The models of a configuration: fetched, remembered, hidden, typed in."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils import timezone

from providers import Model
from proxy.call import Caller
from proxy.record import Record
from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY, Service
from thinkback.connections import changes, outcomes, refreshing
from thinkback.connections.models import Connection

URL = "/api/providers/openai/models"
PAGE = "/settings/providers/openai"


@pytest.fixture
def connected(browser: Client, service: Service, booked: list[Record]) -> Client:
    """Alice's browser, with an OpenAI key stored."""
    send(browser, "/api/providers", {"kind": "openai", "name": "OpenAI", "api_key": KEY})
    return browser


def ids(client: Client, url: str = URL) -> list[str]:
    """The ids in the answer."""
    return [model["id"] for model in client.get(url).json()["results"]]


def change(**columns: Any) -> None:
    """Change the stored row behind everybody's back."""
    Connection.objects.filter(slug="openai").update(**columns)


def test_they_are_fetched_once_and_then_remembered(connected: Client, service: Service) -> None:
    assert set(ids(connected)) == {"big-one", "small-mini"}
    assert ids(connected) and len(service.requests) == 1


def test_a_refresh_fetches_again(connected: Client, service: Service) -> None:
    ids(connected)
    service.models = lambda: httpx.Response(200, json={"object": "list", "data": [{"id": "new-one"}]})
    assert ids(connected, f"{URL}?refresh=1") == ["new-one"]


def test_a_failed_refresh_keeps_the_list_and_says_why(connected: Client, service: Service) -> None:
    ids(connected)
    service.models = lambda: httpx.Response(401, json={"error": {"message": "no"}})
    response = connected.get(f"{URL}?refresh=1")
    assert response.status_code == 502 and "refused this key" in response.json()["error"]["message"]
    assert len(Connection.objects.get(slug="openai").models) == 2


def test_a_young_list_is_not_refreshed(connected: Client) -> None:
    ids(connected)
    assert connected.get(URL).json()["refreshing"] is False


def test_an_old_list_is_answered_while_a_new_one_comes(connected: Client, service: Service) -> None:
    change(models=[{"id": "old-one"}], models_fetched_at=timezone.now() - timedelta(days=2))
    answer = connected.get(URL).json()
    assert [model["id"] for model in answer["results"]] == ["old-one"] and answer["refreshing"] is True


def test_a_page_never_asks_the_provider(connected: Client, service: Service) -> None:
    assert connected.get(PAGE).status_code == 200 and connected.get("/connect").status_code == 200
    assert not service.requests


def test_a_gzipped_list_is_read(connected: Client, service: Service) -> None:
    body = gzip.compress(json.dumps({"object": "list", "data": [{"id": "zipped"}]}).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    service.models = lambda: httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))
    assert ids(connected) == ["zipped"]


def test_a_service_without_that_list_is_asked_for_another(browser: Client, service: Service, booked: Any) -> None:
    listed = {"id": "m", "state": "loaded", "loaded_context_length": 4096, "max_context_length": 8192}
    lists: dict[str, Any] = {
        "/api/v0/models": {"error": "Unexpected endpoint or method. (GET /api/v0/models)"},
        "/v1/models": {"data": [{"id": "m"}]},
    }
    service.models = lambda: httpx.Response(200, json=lists[service.requests[-1].url.path])
    send(browser, "/api/providers", {"kind": "lmstudio"})
    assert ids(browser, "/api/providers/lmstudio/models?refresh=1") == ["m"]
    lists["/api/v0/models"] = {"data": [listed]}
    (model,) = browser.get("/api/providers/lmstudio/models?refresh=1").json()["results"]
    assert (model["context"], model["loaded"]) == (4096, True)
    assert "In memory" in browser.get("/settings/providers/lmstudio").text


def test_hidden_ones_are_marked(connected: Client) -> None:
    ids(connected)
    connected.patch("/api/providers/openai", {"hidden_models": ["big-one"]}, content_type="application/json")
    assert {model["id"]: model["hidden"] for model in connected.get(URL).json()["results"]} == {
        "big-one": True, "small-mini": False
    }  # fmt: skip


def test_typed_ones_outlive_a_fetch(connected: Client) -> None:
    connected.patch("/api/providers/openai", {"models": ["mine", "big-one"]}, content_type="application/json")
    assert set(ids(connected, f"{URL}?refresh=1")) == {"big-one", "small-mini", "mine"}


def test_one_model_is_told(connected: Client) -> None:
    ids(connected)
    model = connected.get(f"{URL}/big-one").json()
    assert (model["id"], model["context"], model["hidden"]) == ("big-one", None, False)
    assert connected.get(f"{URL}/nonsense").status_code == 404


def test_the_page_chooses_hides_adds_and_removes(connected: Client) -> None:
    ids(connected)
    for pressed in ({"default": "small-mini"}, {"hide": "big-one"}, {"add": "vendor/mine:free"}):
        assert connected.post(f"{PAGE}/models/choice", pressed).status_code == 302
    row = Connection.objects.get(slug="openai")
    assert (row.default_model, row.hidden_models) == ("small-mini", ["big-one"])
    assert {"id": "vendor/mine:free", "by_hand": True} in row.models
    for pressed in ({"show": "big-one"}, {"take": "vendor/mine:free"}):
        connected.post(f"{PAGE}/models/choice", pressed)
    row = Connection.objects.get(slug="openai")
    assert row.hidden_models == [] and len(row.models) == 2


def test_the_page_finds_a_model_among_many(connected: Client) -> None:
    change(models=[{"id": f"model-{number}"} for number in range(300)])
    page = connected.get(PAGE).text
    assert "Showing 100 of 300" in page and "model-299<" not in page
    assert "model-299<" in connected.get(f"{PAGE}?q=L-299").text


def test_the_page_fetches(connected: Client, service: Service) -> None:
    assert connected.post(f"{PAGE}/models").status_code == 302
    assert len(service.requests) == 1 and "small-mini" in connected.get(PAGE).text


def test_two_who_ask_at_once_cause_one_fetch(connected: Client, service: Service) -> None:
    row = Connection.objects.get(slug="openai")
    caller = Caller(row.user_id, "session")

    async def both() -> None:
        await asyncio.gather(refreshing.refresh(caller, row), refreshing.refresh(caller, row))

    async_to_sync(both)()
    assert len(service.requests) == 1


def test_a_change_does_not_undo_a_fetch_that_came_meanwhile(connected: Client) -> None:
    row = Connection.objects.get(slug="openai")
    outcomes.fetched(row.pk, [Model("fetched")])
    changes.update(row, {"name": "New"})
    row = Connection.objects.get(slug="openai")
    assert (row.name, row.models) == ("New", [{"id": "fetched"}])
