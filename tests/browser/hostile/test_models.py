"""Models and connections whose names mean harm: in the picker, side by side, in the meter, in toasts and failures."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chatting import ask, begin
from tests.browser.conftest import Watched
from tests.browser.hostile.names import PLAIN, is_harmless, shown, texts
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def slugs(named: World) -> dict[str, str]:
    """The connection that has each of the models."""
    return {each["default_model"]: each["slug"] for each in named.api("GET", "/api/providers?limit=200")["results"]}


def pick(page: Page, name: str, key: str = "Enter") -> None:
    """Choose a model in the open list by its name."""
    page.locator("[data-picker-search]").fill(name)
    expect(page.locator("#picker [role=option] [data-label]").first).to_have_text(name)
    page.keyboard.press(key)


def test_the_picker(alice: Watched, slugs: dict[str, str]) -> None:
    page = alice.page
    for name in PLAIN:
        begin(alice, name, slugs[name])
        assert texts(page.locator("[data-picker-label]")) == [shown(name)]
        is_harmless(alice)
    page.locator("[data-picker]").press("Enter")
    expect(page.locator("#picker [role=option]").first).to_be_visible()
    assert {shown(name[:60]) for name in PLAIN} <= set(texts(page.locator(".picker-head")))
    assert set(map(shown, PLAIN)) <= set(texts(page.locator("#picker [data-label]")))
    for name in PLAIN[:3]:
        page.locator("[data-picker-search]").fill(name)
        page.keyboard.press("Alt+Enter")
        expect(page.locator("[data-picker-purpose]")).to_have_text(f"{name} is a favourite now.")
        page.keyboard.press("Alt+Enter")
        expect(page.locator("[data-picker-purpose]")).to_have_text(f"{name} is no favourite any more.")


def test_what_its_owner_says_of_a_model(alice: Watched, slugs: dict[str, str]) -> None:
    for name in PLAIN:
        alice.open(f"/settings/providers/{slugs[name]}/models/facts?id={quote(name)}")
        assert texts(alice.page.locator("h1")) == [name]
        is_harmless(alice)


def test_side_by_side_and_merged(alice: Watched, slugs: dict[str, str]) -> None:
    first, second, third = PLAIN[1], PLAIN[3], PLAIN[4]
    page = begin(alice, first, slugs[first])
    page.locator("[data-picker]").press("Enter")
    for other in (second, third):
        pick(page, other, "Shift+Enter")
    page.keyboard.press("Escape")
    assert texts(page.locator("[data-chips] .truncate")) == [second, third]
    page.get_by_role("button", name=f"Do not ask {third}").press("Enter")
    ask(page, "Count")
    expect(page.locator("[data-comparison]")).to_have_attribute("data-status", "done")
    assert texts(page.locator(".comparison-tabs .truncate")) == [first, second]
    assert texts(page.locator(".said h2 .truncate")) == [first, second]
    expect(page.locator("[data-comparison-summary] strong")).to_have_text(first)
    is_harmless(alice)
    page.get_by_role("button", name="Merge into one answer").press("Enter")
    pick(page, second)
    merged = page.locator(".comparison > article")
    expect(merged).to_have_attribute("data-status", "done")
    expect(merged.locator(".badge")).to_have_attribute("title", f"Written from the answers of {first}, {second}")
    page.get_by_role("button", name=f"Keep the answer of {second}").last.press("Enter")
    expect(page.locator("[data-comparison]")).to_have_count(0)
    page.get_by_role("button", name="What it took").last.press("Enter")
    expect(page.locator(".cost-details:popover-open")).to_be_visible()


def test_what_is_too_long_for_it(alice: Watched, named: World, slugs: dict[str, str]) -> None:
    for name in PLAIN[:2]:
        named.api("PATCH", f"/api/providers/{slugs[name]}/models/{quote(name, safe='')}", {"context": 5000})
        page = begin(alice, name, slugs[name])
        expect(page.get_by_role("button", name=re.compile("of 5,000 tokens"))).to_be_visible()
        ask(page, "word " * 8000)
        expect(page.locator("[data-guard-text]")).to_contain_text(f"tokens too long for {name}.")
        is_harmless(alice)
        page.get_by_role("button", name="Cancel").press("Enter")
        page.get_by_role("textbox", name="Message", exact=True).fill("")


def test_a_failure_names_its_connection(alice: Watched, named: World) -> None:
    for name in PLAIN[:2]:
        made = {"kind": "custom", "name": name, "base_url": named.upstream, "api_key": "sk-x", "format": "openai"}
        slug = named.api("POST", "/api/providers", made | {"default_model": "plan:status=503", "retries": 0})["slug"]
        page = begin(alice, "plan:status=503", slug)
        ask(page, "Why?")
        expect(page.locator("[data-failure] strong")).to_have_text(f"{name} failed")
        is_harmless(alice)
        named.api("DELETE", f"/api/providers/{slug}")


def test_what_is_not_listed_is_told_as_text(alice: Watched) -> None:
    for name in PLAIN[:4]:
        begin(alice, name, "nowhere")
        expect(alice.page.locator(".toast p")).to_contain_text(f"nowhere/{name}")
        is_harmless(alice)
