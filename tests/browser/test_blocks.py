"""What Alice does with the blocks of an answer: copies, wraps and saves code, takes a table to a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import finish, start
from tests.browser.conftest import PHONE, Watched

pytestmark = pytest.mark.browser
ANSWER = """```python
print("a" * 3)  # a line that is long enough to be wider than any phone, so that it scrolls until it is wrapped
```

| Name | Sum |
|---|---|
| "A", Ltd | -5 |
| =1+1 | +x |
| ＝1+1 | 5 |

```mermaid
graph TD; A-->B
```

Then $x^2$.
"""


@pytest.fixture
def answered(echo: str, alice_at: Callable[..., Watched]) -> Watched:
    """Alice on her phone before an answer with code, a table, a diagram and a formula."""
    alice = alice_at(PHONE, "dark")
    alice.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=alice.url)
    finish(start(alice, ANSWER, echo, "echo"))
    return alice


def test_code_is_copied_wrapped_and_saved(answered: Watched) -> None:
    page = answered.page
    page.locator("article.assistant").get_by_role("button", name="Copy", exact=True).first.click()
    assert page.evaluate("navigator.clipboard.readText()").startswith('print("a" * 3)')
    shown = page.get_by_role("group", name="Code, python")
    wider = "box => box.scrollWidth > box.clientWidth"
    assert shown.evaluate(wider)
    page.get_by_role("button", name="Wrap", pressed=False).first.press("Enter")
    assert not shown.evaluate(wider)
    page.locator("article.assistant .block").last.click()  # a click into the text asks the server for nothing
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").first.press("Enter")
    assert download.value.suggested_filename == "code.py"
    assert Path(download.value.path()).read_text().startswith('print("a" * 3)')
    answered.check()


def test_a_table_goes_to_a_spreadsheet_and_runs_nothing_there(answered: Watched) -> None:
    answered.page.locator("article.assistant").get_by_role("button", name="Copy as CSV").click()
    copied = answered.page.evaluate("navigator.clipboard.readText()")
    assert copied == 'Name,Sum\r\n"""A"", Ltd",-5\r\n\'=1+1,\'+x\r\n\'＝1+1,5\r\n'


def test_diagrams_are_source_and_formulas_are_mathml(answered: Watched) -> None:
    expect(answered.page.get_by_role("group", name="Code, mermaid")).to_contain_text("graph TD; A-->B")
    expect(answered.page.locator("math msup")).to_be_visible()
