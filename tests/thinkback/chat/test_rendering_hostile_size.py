"""Answers built to stall a renderer are shown nevertheless, in time that grows with their length."""

from __future__ import annotations

import time

import pytest

from thinkback.chat.rendering import Live, advance, code, render

HOSTILE = {
    "quotes": ">" * 20_000,
    "a megabyte of quotes": ">" * 1_000_000,
    "spaced quotes": "> " * 200_000,
    "lists in lists": "- " * 200_000,
    "numbers in numbers": "1. " * 130_000,
    "quotes and lists": "> - " * 100_000,
    "indented lists": "\n".join("  " * depth + "- a" for depth in range(600)),
    "a line of a megabyte": "a" * 1_000_000,
    "brackets": "[" * 400_000,
    "emphasis": "*a **b " * 50_000,
    "open formulas": "\\(" * 200_000,
    "dollars": "$a " * 130_000,
    "backticks": " ".join("`" * count for count in range(800)),
    "images": "![" * 200_000,
    "angle brackets": "<" * 400_000,
    "a table of empty cells": "|" + "a|" * 1000 + "\n|" + "-|" * 1000 + "\n" + "|\n" * 100_000,
    "deep braces": "$" + "{" * 3_000 + "}" * 3_000 + "$",
    "code in a line without end": "```devicetree\n" + "a" * 49_000 + "\n```",
    "code after a gap without end": "```matlab\n" + "\n" * 49_000 + "\n```",
    "code of nothing but quotes": "```doscon\n" + "'" * 49_000 + "\n```",
    "code that no other token waits for": "```aspectj\n" + "a\n" * 24_000 + "```",
    "footnotes": "".join(f"[^{number}]: x\n\n" for number in range(30_000)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_rendering_takes_bounded_time(text: str) -> None:
    started = time.process_time()
    html = render(text)
    spent = time.process_time() - started
    assert spent < 5, "nothing here may be quadratic: that would take minutes"
    assert html or text.startswith("[^")


@pytest.mark.parametrize("text", [">" * 20_000, "a" * 500_000], ids=["quotes", "a long line"])
def test_what_is_too_much_is_shown_as_it_is(text: str) -> None:
    html = render(text)
    assert "<pre" in html and html.count("&gt;") + html.count("a" * 1000) > 0


def test_a_stream_of_quotes_is_bounded_too() -> None:
    started, live, text = time.process_time(), Live(), ">" * 20_000
    for end in range(0, len(text), 500):
        live = advance(live, text[:end])
    assert time.process_time() - started < 5
    assert live.blocks[-1].html.startswith("<pre")


def test_a_large_code_block_stays_without_colours() -> None:
    small, large = "```python\nx = 1\n```", "```python\n" + "x = 1\n" * 20_000 + "```"
    assert "hl-" in render(small) and "hl-" not in render(large)


@pytest.mark.parametrize("source", ["x = " + "1" * 500, "x = 1" + "\n" * 52 + "y = 2"], ids=["a line", "a gap"])
def test_what_would_keep_a_language_busy_stays_without_colours(source: str) -> None:
    assert "hl-" not in render(f"```python\n{source}\n```")
    assert "hl-" in render(f"```python\n{source.replace('11', '').replace(chr(10) * 9, '')}\n```")


def test_colours_that_take_too_long_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "PATIENCE", 0)
    html = render("```python\nslow = 1\n```")
    assert "slow = 1" in html and "hl-" not in html


def test_addresses_become_links_only_while_the_stack_can_hold_them() -> None:
    assert render("a@b.c, " * 100).count("mailto:") == 100
    assert "mailto:" not in render("a@b.c, " * 2_000)  # 30,000 of them would end the process


def test_lone_surrogates_do_not_break_rendering() -> None:
    assert "\ufffd" in render("a\ud800b") and "\ufffd" in advance(Live(), "a\ud800b").blocks[0].html
