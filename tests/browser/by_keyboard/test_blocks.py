"""What stands in an answer, without a mouse: code, tables, thoughts, long text."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.by_keyboard.keys import Keys
from tests.browser.by_keyboard.test_messages import ask, choose
from tests.browser.chatting import finish

pytestmark = pytest.mark.browser
ANSWER = f"""```python
print("a" * 3)  # {"a line that is longer than the window " * 6}
```

| Name | Sum |
|---|---|
| A | -5 |"""


def paste(keys: Keys, text: str) -> None:
    """Bring a text of several lines with Ctrl+V, as people do."""
    keys.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    keys.press("Control+KeyV")


def test_code_and_tables(keys: Keys) -> None:
    page = keys.page
    choose(keys, "plan:echo=40")
    keys.action("paste and send a text of many lines")
    paste(keys, ANSWER)
    ask(keys, "")
    finish(page)
    keys.action("copy a table for a spreadsheet")
    keys.press_at("button", "Copy as CSV", back=True)
    assert page.evaluate("navigator.clipboard.readText()") == "Name,Sum\r\nA,-5\r\n"
    keys.action("scroll a long line of code with the arrow keys")
    keys.tab("group", "Code, python", back=True)
    keys.press("ArrowRight")
    code = page.get_by_role("group", name="Code, python")
    expect(code).not_to_have_js_property("scrollLeft", 0)
    keys.action("copy code")
    keys.press_at("button", "Copy", back=True)
    assert page.evaluate("navigator.clipboard.readText()").startswith('print("a" * 3)')
    keys.action("save code as a file")
    keys.tab("button", "Download", back=True)
    with page.expect_download() as download:
        keys.press("Enter")
    assert download.value.suggested_filename == "code.py"
    keys.action("wrap the lines of code")
    keys.press_at("button", "Wrap", back=True)
    expect(page.get_by_role("button", name="Wrap", pressed=True)).to_be_visible()
    keys.action("show all of a long message")
    keys.press("Shift+Escape")
    paste(keys, "\n\n".join(["line"] * 20))
    ask(keys, "")
    expect(page.locator("article")).to_have_count(4)
    expect(page.get_by_role("textbox", name="Message", exact=True)).not_to_have_css(
        "height", "320px"
    )  # it shrinks again
    finish(page)
    keys.press_at("button", "Show more", back=True)
    expect(page.get_by_role("button", name="Show less")).to_be_visible()
    keys.press("Enter")
    keys.lands_on("button", "Show more")
    keys.action("copy the last code and the last answer by their shortcuts")
    keys.press("Control+Shift+Semicolon")
    expect(page.get_by_text("Copied").first).to_be_visible()
    keys.press("Control+Shift+KeyC")


def test_thoughts_are_unfolded(keys: Keys) -> None:
    choose(keys, "practice")
    ask(keys, "/think")
    finish(keys.page)
    keys.action("unfold what a model thought")
    keys.press_at("DisclosureTriangle", "Thought for …", back=True)
    expect(keys.page.locator("[data-reasoning] [data-part]")).to_be_visible()
    keys.press("Enter")
    expect(keys.page.locator("[data-reasoning] [data-part]")).to_be_hidden()
