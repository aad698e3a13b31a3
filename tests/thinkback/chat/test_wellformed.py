"""What providers send is made fit to be stored and sent."""

from __future__ import annotations

import pytest

from thinkback.chat.titles import title_of
from thinkback.chat.wellformed import Joiner, wellformed


def test_a_pair_cut_in_two_is_joined() -> None:
    joiner = Joiner()
    assert joiner.feed("a\ud83d") + joiner.feed("\ude00b") + joiner.close() == "a😀b"


def test_a_lone_half_is_replaced() -> None:
    joiner = Joiner()
    assert joiner.feed("a\ud83d") + joiner.feed("b") + joiner.feed("\ud83d") + joiner.close() == "a\ufffdb\ufffd"


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "a\udc00b"])
def test_what_a_database_cannot_hold_is_replaced(text: str) -> None:
    assert wellformed(text) == "a\ufffdb"
    wellformed(text).encode()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Why is the sky blue?", "Why is the sky blue?"),
        ("# **Fix** `this`\n\nplease", "Fix this please"),
        ("  ", "New chat"),
        ("Compare\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n---", "Compare a b 1 2"),
        ("word " * 40, ("word " * 12).strip() + "…"),
        ("x" * 500, "x" * 59 + "…"),
    ],
)
def test_a_title_is_the_first_words(text: str, title: str) -> None:
    assert title_of(text) == title
