"""What can be added, as the JSON API and the pages tell it: names, versions, descriptions, schemas of the fields."""

from __future__ import annotations

import pytest
from django.test import Client

import providers
from providers import Adapter, Offer, Source
from tests.plugin.thinkback_example import Example
from tests.schema import faults
from tests.thinkback.accounts.browser import send
from tests.thinkback.connections.conftest import KEY
from thinkback import __version__
from thinkback.connections.models import Connection
from thinkback.pages.api_docs import description

SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}
URL = "/api/providers/kinds"
SOURCE = Source("thinkback-example", "1.2.0", "Example AI, for <ThinkBack>.")


@pytest.fixture
def example() -> None:
    """The example plug-in, as if it were installed."""
    providers.configure([Offer(Example(), SOURCE)])


def test_a_plugin_is_told_with_its_package(browser: Client, example: None) -> None:
    kinds = {kind["kind"]: kind for kind in browser.get(URL, **SAME).json()["results"]}
    told = kinds["example"]
    assert (told["label"], told["package"], told["version"]) == ("Example AI", "thinkback-example", "1.2.0")
    assert told["description"] == "Example AI, for <ThinkBack>."
    ours = kinds["groq"]
    assert (ours["package"], ours["version"]) == ("thinkback", __version__)
    assert ours["description"] == "Speaks OpenAI’s format."


@pytest.mark.parametrize("adapter", providers.available(), ids=lambda adapter: adapter.kind)
def test_each_has_a_schema_of_all_its_fields(browser: Client, adapter: Adapter) -> None:
    told = browser.get(f"{URL}/{adapter.kind}", **SAME).json()
    answer = description()["paths"]["/api/providers/kinds/{kind}"]["get"]["responses"]["200"]
    assert not list(faults(told, answer["content"]["application/json"]["schema"]))
    assert set(told["schema"]["properties"]) == {field["name"] for field in told["fields"]}


def test_there_is_no_schema_of_an_unknown_kind(browser: Client) -> None:
    response = browser.get(f"{URL}/nobody", **SAME)
    assert (response.status_code, response.json()["error"]["type"]) == (404, "not_found")


def test_strangers_are_turned_away(client: Client, db: None) -> None:
    assert client.get(f"{URL}/openai", **SAME).status_code == 401


def test_its_form_is_drawn_and_says_who_brings_it(browser: Client, example: None) -> None:
    assert "thinkback-example 1.2.0" in browser.get("/settings/providers").text
    page = browser.get("/settings/providers/new/example").text
    assert 'name="project"' in page
    assert "thinkback-example 1.2.0: Example AI, for &lt;ThinkBack&gt;." in page
    form = {"name": "Mine", "api_key": KEY, "base_url": "https://api.example.ai/v1", "project": "p-1"}
    browser.post("/settings/providers/new/example", form)
    row = Connection.objects.get(kind="example")
    assert row.options["project"] == "p-1"
    assert "thinkback-example 1.2.0" in browser.get(f"/settings/providers/{row.slug}").text


def test_ours_come_from_nobody_else(browser: Client) -> None:
    assert "Brought by" not in browser.get("/settings/providers/new/openai").text


def test_one_that_is_gone_is_told(browser: Client, example: None) -> None:
    send(browser, "/api/providers", {"kind": "example", "api_key": KEY})
    providers.configure(())
    assert "not installed any more" in browser.get("/settings/providers/example").text


def test_one_without_an_address_of_its_own_is_not_taken_for_a_custom_one(browser: Client) -> None:
    providers.configure([Offer(type("Homeless", (Example,), {"base_url": ""})(), SOURCE)])
    assert "Your text goes to the address that you give." in browser.get("/settings/providers/new/example").text
    tiles = browser.get("/settings/providers").text
    assert "An address of yours" in tiles.partition("/new/example")[2].partition("</a>")[0]
    assert ", your own" in tiles.partition("/new/custom")[2].partition("</a>")[0]
    assert "on this machine too" in browser.get("/settings/providers/new/custom").text
