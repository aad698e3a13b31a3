"""Behind a proxy that breaks WebSockets the chat goes on over server-sent events, found out by itself.

open-webui #8074, #8104, #8374, #4158: "Network problem" and empty answers behind proxies.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.breaking_proxy import BreakingProxy, Manner
from tests.browser import chatting
from tests.browser.conftest import Watched, sign_in, watch
from tests.browser.waiting import until
from tests.world import World

pytestmark = pytest.mark.browser
KIND = "sessionStorage.getItem('thinkback-line')"


@pytest.fixture
def proxy(world: World) -> Iterator[BreakingProxy]:
    with BreakingProxy(world.server.port) as proxy:
        yield proxy


def behind(chromium: Browser, proxy: BreakingProxy) -> Watched:
    """Alice, at the proxy's address."""
    window = watch(chromium, proxy.url)
    sign_in(window)
    chatting.begin(window)
    return window


def ask(window: Watched, text: str) -> None:
    chatting.ask(window.page, text)
    answer = window.page.locator("article.assistant").last
    expect(answer).to_contain_text("00003")
    assert answer.get_attribute("data-status") == "streaming"  # it comes word for word
    expect(answer).to_contain_text("40 out")


def leave(window: Watched) -> None:
    """The browser itself complains of each WebSocket that fails, and of nothing else."""
    window.forgive("WebSocket")
    window.close()


@pytest.mark.parametrize("manner", ["refuse", "strip", "swallow"])
def test_it_goes_on_over_events(chromium: Browser, proxy: BreakingProxy, manner: Manner) -> None:
    proxy.manner = manner
    window = behind(chromium, proxy)
    ask(window, f"Count behind one who would {manner}")
    assert window.page.evaluate(KIND) == "events"
    expect(window.page.locator("[data-line]")).to_be_hidden()
    leave(window)


def test_a_websocket_is_taken_again_when_it_works(chromium: Browser, proxy: BreakingProxy) -> None:
    proxy.manner = "refuse"
    window = behind(chromium, proxy)
    window.page.clock.install()
    chatting.begin(window)
    until(window.page, KIND + " === 'events'")
    proxy.manner = "pass"
    window.page.clock.fast_forward(30_000)
    until(window.page, KIND + " === 'websocket'")
    ask(window, "Count over whatever there is")
    window.forgive("ERR_INCOMPLETE_CHUNKED_ENCODING", "status of 404")  # the line over events, which the proxy cut
    leave(window)
