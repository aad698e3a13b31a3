"""The names that mean harm, what a page made of them, and how a page shows them."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.conftest import Watched

NAMES = [
    "<script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg/onload=window.hacked=1>",
    "'\"><svg onload=window.hacked=1>",
    '" autofocus onfocus=window.hacked=1 x="',
    "</title><script>window.hacked=1</script>",
    "</textarea><img src=x onerror=window.hacked=1>",
    "</template><img src=x onerror=window.hacked=1>",
    "</script><script>window.hacked=1</script>",
    "<!--<img src=--><img src=x onerror=window.hacked=1>",
    "javascript:window.hacked=1",
    "{{ 7*7 }}{% include 'hacked' %}",
    "${window.hacked=1}",
    "<base href=https://evil.example/hacked>",
    "<mark><img src=x onerror=window.hacked=1></mark>",
    "<math><mtext><img src=x onerror=window.hacked=1></mtext></math>",
    "[x](javascript:window.hacked=1)",
    "$\\href{javascript:window.hacked=1}{x}$",
    "\u202egnp.exe hacked",
    "a\u0000b hacked\r\nSet-Cookie: x=1",
]
PLAIN = [name for name in NAMES if name.isprintable()]  # what providers and models may be called
# What no page of ours holds, and such a name would make if it were taken for more than text.
MADE = """() => [...document.querySelectorAll("*")].filter((each) =>
  each.getAttributeNames().some((name) => name.startsWith("on")) ||
  each.matches("base, iframe, object, embed, script:not([src], [type='application/json'])") ||
  each.matches("img:not([src]), img[src='x'], a[href^='javascript:' i], math:not(.answer math)")
).map((each) => each.outerHTML.slice(0, 200))"""


def is_harmless(window: Watched) -> None:
    """Nothing of the names ran on this page, and none became more than text."""
    assert window.page.evaluate("window.hacked") is None, window.page.url
    assert window.page.evaluate(MADE) == [], window.page.url
    assert not window.complaints, window.page.url


def shown(text: str) -> str:
    """A text as a page shows it: its spaces are one, and what cannot be shown is a sign."""
    return " ".join(text.replace("\0", "\ufffd").split())


def texts(found: Locator) -> list[str]:
    """What is read in each, hidden words too."""
    return [shown(text) for text in found.all_text_contents()]
