"""The message field has the width of its frame, on a phone with all its buttons too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.chatting import begin
from tests.browser.conftest import PHONE, Watched

pytestmark = pytest.mark.browser
LINE = "Hello there, what can you do?"


@pytest.mark.parametrize("width", [320, 390, 767])
def test_a_short_message_takes_one_line(alice_at: Callable[..., Watched], width: int) -> None:
    window = alice_at(PHONE, "dark")
    page = begin(window)
    page.set_viewport_size({"width": width, "height": 844})
    field = page.get_by_role("textbox", name="Message", exact=True)
    field.fill("x")
    one = field.evaluate("(field) => field.clientHeight")
    field.fill(LINE)
    assert field.evaluate("(field) => field.clientHeight") == one
    send, frame = page.get_by_role("button", name="Send", exact=True), page.locator("[data-composer]")
    ends = [place.evaluate("(one) => one.getBoundingClientRect().right") for place in (send, frame)]
    assert ends[1] - ends[0] < 16
    window.check()
    window.picture(f"composer-{width}")
