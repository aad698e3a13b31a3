"""The main job, as a new user does it: sign up, add a key, test it, chat, reload in mid-answer, see what it cost.

UPSTREAM, UPSTREAM_KEY and UPSTREAM_MODEL point it at another OpenAI-compatible server, such as a LiteLLM proxy.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, WIDE, Watched, watch
from tests.conftest import PASSWORD
from tests.live import LiveServer
from tests.world import CANARY, fake_provider

pytestmark = pytest.mark.browser
KEY = os.environ.get("UPSTREAM_KEY", CANARY)
MODEL = os.environ.get("UPSTREAM_MODEL", "plan:chunks=60,gap=50")


@pytest.fixture
def upstream() -> Iterator[str]:
    """Where the provider is."""
    if "UPSTREAM" in os.environ:
        yield os.environ["UPSTREAM"]
    else:
        with fake_provider() as url:
            yield url


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_first_day(chromium: Browser, upstream: str, tmp_path: Path, size: tuple[int, int]) -> None:
    private = urlsplit(upstream).netloc
    with LiveServer(tmp_path / "data", THINKBACK_PRIVATE_UPSTREAMS=private) as server:
        visitor = watch(chromium, server.url, size)
        sign_up(visitor)
        add_provider(visitor, upstream)
        answer = chat(visitor)
        see_usage(visitor, answer)
        visitor.close()
        stored = b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
        assert KEY.encode() not in stored and KEY not in server.log


def sign_up(visitor: Watched) -> None:
    """The first visitor makes the owner's account."""
    page = visitor.page
    visitor.open("/")
    visitor.check()
    page.get_by_role("link", name="Create the owner").click()
    visitor.check()
    page.get_by_label("Username").fill("alice")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Create the owner’s account").click()
    page.wait_for_url(visitor.url + "/")
    visitor.check()


def add_provider(visitor: Watched, upstream: str) -> None:
    """A custom provider; the form tests it."""
    page = visitor.page
    visitor.open("/settings/providers/new/custom")
    visitor.check()
    page.get_by_label("Name", exact=True).fill("Mine")
    page.get_by_label("Base URL").fill(upstream)
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Add and test").click()
    page.wait_for_url("**/settings/providers/mine*")
    expect(page.get_by_text("One token")).to_be_visible()
    expect(page.get_by_text("Accepted")).to_be_visible()
    page.get_by_label("Name of a model that is not listed").fill(MODEL)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name=f"Make {MODEL} the default").click()
    visitor.check()
    assert KEY not in page.content()


def chat(visitor: Watched) -> str:
    """A streamed answer, left in the middle and found whole."""
    page = visitor.page
    visitor.open("/")
    page.get_by_role("textbox", name="Message").fill("Count for me, please")
    page.keyboard.press("Enter")
    answer = page.locator("article").last
    expect(answer).to_contain_text("00005")
    before = answer.inner_text()
    assert "00059" not in before, "the answer was not streamed"
    page.reload()
    expect(answer).to_contain_text("00005")
    expect(answer).to_contain_text("60 out")
    numbers = [word for word in answer.inner_text().split() if len(word) == 5 and word.isdigit()]
    assert numbers == [f"{number:05d}" for number in range(60)]
    visitor.check()
    return MODEL


def see_usage(visitor: Watched, model: str) -> None:
    """The call stands in the books, with its tokens."""
    page = visitor.page
    visitor.open("/usage")
    expect(page.locator("tr", has_text=model).filter(has_text="60").first).to_be_visible()
    visitor.check()
