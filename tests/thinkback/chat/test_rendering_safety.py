"""Nothing in an answer runs, loads, or leads where it does not say."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.thinkback.chat.payloads import PAYLOADS
from thinkback.chat.rendering import Live, advance, render

TEXT = "p br hr em strong del a code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 sup section div span figure figcaption"
TABLE = "table thead tbody tr th td button"
MATH = "math mrow mi mn mo mtext mspace msup msub mfrac msqrt mstyle"
TAGS = {*TEXT.split(), *TABLE.split(), *MATH.split()}
OWN = "class title id start align type tabindex role aria-label aria-pressed xmlns display stretchy width height"
BUTTONS = "data-copy-code data-wrap-code data-save-code data-copy-csv"
ATTRIBUTES = {*OWN.split(), *BUTTONS.split(), "href", "rel", "target"}


class Inspector(HTMLParser):
    """Collects what a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def inspect(html: str) -> list[tuple[str, dict[str, str | None]]]:
    inspector = Inspector()
    inspector.feed(html)
    return inspector.found


def assert_harmless(html: str) -> None:
    for tag, attributes in inspect(html):
        assert tag in TAGS, tag
        assert set(attributes) <= ATTRIBUTES, attributes
        href = attributes.get("href")
        if href is not None:
            assert href.startswith(("https://", "http://", "mailto:", "#m-fn")), href
            assert "noopener" in (attributes["rel"] or "") and "nofollow" in (attributes["rel"] or "")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_comes_out_harmless(payload: str) -> None:
    assert_harmless(render(payload, "m-"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_is_harmless_at_every_moment_of_a_stream(payload: str) -> None:
    live, text = Live(), f"before\n\n{payload}\n\nafter"
    for end in range(1, len(text) + 1):
        live = advance(live, text[:end], "m-")
        assert_harmless("".join(block.html for block in live.blocks))


def test_an_image_becomes_a_link_and_loads_nothing() -> None:
    html = render("![a cat](https://evil.example/cat.png?q=secret)")
    assert "<img" not in html and "src=" not in html
    assert '<a href="https://evil.example/cat.png?q=secret"' in html and ">a cat</a>" in html


def test_raw_html_is_shown_as_text() -> None:
    assert "&lt;b&gt;bold&lt;/b&gt;" in render("<b>bold</b>")


def test_links_open_elsewhere_and_tell_nothing() -> None:
    ((_, link),) = [found for found in inspect(render("[x](https://a.example)")) if found[0] == "a"]
    assert link == {"href": "https://a.example", "target": "_blank", "rel": "noopener noreferrer nofollow"}


def test_footnotes_of_two_messages_do_not_meet() -> None:
    html = render("x[^1]\n\n[^1]: y", "m-")
    assert 'href="#m-fn-1"' in html and 'id="m-fn-1"' in html
