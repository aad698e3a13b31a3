"""A stream rendered block by block comes to the same as the whole text at once."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thinkback.chat.rendering import Live, advance, render

ANSWER = """\
# Title

A paragraph with *emphasis*
over two lines.

- one
- two

  with a paragraph

```python
def f(x):

    return x < 1
```

| a | b |
|---|--:|
| 1 | 2 |

> a quotation
lazily continued

1. first
   ```
   code
   ```
2. second

$$
x^2
$$

Setext
======

    indented

The end with `code` and $y$.
"""
LINES = st.sampled_from(
    [
        "",
        "a",
        "b *c*",
        "- x",
        "  y",
        "    z",
        "> q",
        "```",
        "```py",
        "1. n",
        "# h",
        "---",
        "===",
        "| a |",
        "|---|",
        "$$",
        "\t",
        "* * *",
        "<div>",
        "</div>x",
        "<script>",
        "</script>",
        "<!-- -",
        "-->",
    ]
)


def stream(text: str, step: int) -> Live:
    live = Live()
    for end in range(step, len(text) + step, step):
        live = advance(live, text[:end])
    return live


def joined(live: Live) -> str:
    return plain("".join(block.html for block in live.blocks))


def plain(html: str) -> str:
    """Without the blocks' own frames, and without colours, which a block gets only when it is closed."""
    html = re.sub(r'<div class="block">|</div>|<span class="hl-[^"]*">|</span>', "", html)
    return re.sub(r"\s+", "", html)


def test_blocks_come_to_the_same_as_the_whole() -> None:
    for step in (1, 7, 64, len(ANSWER)):
        assert joined(stream(ANSWER, step)) == plain(render(ANSWER))


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=14).map("\n".join), st.integers(1, 9))
def test_any_blocks_come_to_the_same_as_the_whole(text: str, step: int) -> None:
    assert joined(stream(text, step)) == plain(render(text))


def test_a_table_that_begins_inside_a_paragraph_keeps_its_head() -> None:
    for head in ("    z", "2. z"):
        text = f"a\n{head}\n|---|\n| 1 |\n\nb\n"
        assert joined(stream(text, 1)) == plain(render(text))


def test_finished_blocks_never_change() -> None:
    live, seen = Live(), {}
    for end in range(1, len(ANSWER) + 1):
        live = advance(live, ANSWER[:end])
        for block in live.blocks[: live.finished]:
            assert seen.setdefault(block.index, block) == block
    assert len(seen) >= 9


def test_only_what_changed_is_sent_again() -> None:
    first = advance(Live(), "one\n\ntwo\nthr")
    second = advance(first, "one\n\ntwo\nthree")
    assert [block.index for block in second.since(first.version)] == [1]
    assert second.since(second.version) == ()


def test_code_has_no_colours_until_its_block_is_closed() -> None:
    live = advance(Live(), "```python\nx = 1\n")
    assert "hl-" not in live.blocks[-1].html and "x = 1" in live.blocks[-1].html
    live = advance(live, "```python\nx = 1\n```\n\nafter\n")
    assert "hl-" in live.blocks[0].html


def test_a_code_block_has_its_language_and_a_button() -> None:
    html = render("```python\nx\n```")
    assert "<figcaption><span>python</span><button" in html and "data-copy-code" in html


@pytest.mark.parametrize(
    "raw", ["<details>\n<summary>More</summary>", "<!-- a note -->", "<script>\nrun()\n\n</script>"]
)
def test_raw_html_is_shown_as_code_and_not_lost(raw: str) -> None:
    html = render(f"before\n\n{raw}\n\nafter")
    assert unescape(re.sub(r"<[^>]*>", "", html)).replace("htmlWrapDownloadCopy", "\n\n") == f"before\n\n{raw}\nafter"
    assert joined(stream(f"{raw}\n\nafter\n", 1)) == plain(render(f"{raw}\n\nafter\n"))


def test_a_table_scrolls_by_itself() -> None:
    assert '<div class="table-scroll" tabindex="0"' in render("| a |\n|---|\n| b |")


def test_formulas_become_mathml_and_money_stays() -> None:
    html = render("$x^2$ costs $5 and $6")
    assert html.count("<math") == 1 and "$5 and $6" in html


def test_footnotes_and_references_come_with_the_whole() -> None:
    assert "footnotes" in render("a[^1]\n\n[^1]: b") and 'href="https://a.example"' in render(
        "[x]\n\n[x]: https://a.example"
    )
