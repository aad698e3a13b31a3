"""What every test of the chat page does: begin with a model, ask, wait for the end, read the answer."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.browser.conftest import COUNTS, Watched

ALL = " ".join(f"{number:05d}" for number in range(40))  # what COUNTS says


def begin(window: Watched, model: str = COUNTS, slug: str = "mine") -> Page:
    """A new chat with this model, whatever another test used last."""
    window.open(f"/?model={quote(f'{slug}/{model}', safe='')}")
    return window.page


def start(window: Watched, text: str = "Count, please", model: str = COUNTS, slug: str = "mine") -> Page:
    """A new chat with its first question."""
    ask(begin(window, model, slug), text)
    return window.page


def ask(page: Page, text: str) -> None:
    """Send a message by the keyboard."""
    page.get_by_role("textbox", name="Message", exact=True).fill(text)
    page.keyboard.press("Enter")


def finish(page: Page) -> None:
    """Wait for the end of the last answer."""
    expect(page.locator("article.assistant").last).to_have_attribute("data-status", "done")


def answer(page: Page) -> str:
    """The words of the last answer, as they are read."""
    return page.locator("article.assistant").last.locator("[data-part=text]").inner_text().strip()


def choose_model(page: Page, name: str) -> None:
    """Choose a model in the picker by the keyboard."""
    page.locator("[data-picker]").press("Enter")
    expect(page.locator("[data-picker-search]")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.locator("#picker")).to_be_hidden()
