"""A code review that answers by its schema is shown as findings; whatever else is shown as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers import Prompt
from tests.thinkback.chat.payloads import PAYLOADS
from tests.thinkback.chat.test_rendering_safety import TAGS, inspect
from thinkback.chat.findings import as_markdown, html_of, read
from thinkback.presets.structures import STRUCTURES, instructed

WORST = {"severity": "critical", "file": "a.py", "line": 3, "title": "Loses data", "explanation": "**Why**"}
LEAST = {"severity": "Low", "file": None, "line": None, "title": "Name", "explanation": "", "suggestion": "`x = 1`"}

OURS = {"template", "svg", "path", "rect"}


def told(*findings: Any, summary: Any = "Two things.") -> str:
    return json.dumps({"summary": summary, "findings": findings})


def test_the_worst_comes_first() -> None:
    review = read(told(LEAST, WORST))
    assert review is not None
    assert [(str(word), count) for word, _, count in review.counts] == [("Critical", 1), ("Low", 1)]
    assert [finding.place for finding in review.findings] == ["a.py:3", ""]
    html = html_of(told(LEAST, WORST), "p-") or ""
    assert html.index("Loses data") < html.index("Name") and "<strong>Why</strong>" in html


def test_a_code_fence_around_it_does_no_harm() -> None:
    assert read(f"```json\n{told(WORST)}\n```") == read(told(WORST))


def test_nothing_found_is_said() -> None:
    assert "No findings" in (html_of(told(summary="All well."), "p-") or "")


@pytest.mark.parametrize(
    "text",
    [
        "Looks good to me.",
        '{"findings": "none"}',
        '{"findings": [{"severity": "critical"',
        told(WORST, {"severity": "dreadful", "title": "x"}),
        told(WORST, "loose words"),
        told({"severity": "high"}),
        '[{"findings": []}]',
        '{"findings":' + "[" * 100_000,
    ],
)
def test_anything_else_is_shown_whole(text: str) -> None:
    assert html_of(text, "p-") is None


def test_as_markdown() -> None:
    review = read(told(WORST, LEAST))
    assert review is not None
    assert as_markdown(review).startswith("Two things.\n\n### Critical: Loses data (`a.py:3`)\n\n**Why**")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_findings_are_harmless(payload: str) -> None:
    row = dict.fromkeys(("file", "title", "explanation", "suggestion"), payload) | {"severity": "high", "line": 1}
    for tag, attributes in inspect(html_of(told(row, summary=payload), "p-") or ""):
        assert tag in TAGS | OURS, tag
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")]
        assert (attributes.get("href") or "https://").startswith(("https://", "http://", "mailto:", "#p-"))


def test_who_takes_no_schema_is_told_in_words() -> None:
    prompt = Prompt("m", (), "Review.", response_format=STRUCTURES["review"].format)
    words = instructed(prompt)
    assert words.response_format is None
    assert words.system.startswith("Review.\n\n") and '"severity"' in words.system
