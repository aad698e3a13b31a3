"""Reasoning that stands in the text of an answer, between tags: told apart wherever the text is cut."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import providers
from providers import Finish, Reasoning, Target, Text
from tests.providers.recorded import read_all

CUSTOM = providers.get("custom").wire(Target("custom", "https://llm.example/v1"))
ANSWERS = [
    ("<think>\na < b </thin\n</think>\n\nYes, 你好", "a < b </thin\n", "Yes, 你好"),
    ("\n <think>Hm.</think>Yes </think> <think>no</think>", "Hm.", "Yes </think> <think>no</think>"),
    ("<think>\n\n</think>\n\nYes", "", "Yes"),
    ("<think>never closed </thi", "never closed </thi", ""),
    ("Write <think>so</think>.", "", "Write <think>so</think>."),
    ("<thinker>", "", "<thinker>"),
    ("<thin", "", "<thin"),
    (" \n", "", " \n"),
    ("", "", ""),
]


def streamed(kind: str, pieces: list[str]) -> bytes:
    """The answer as a service of this kind sends it."""
    if kind == "ollama":
        lines = [{"message": {"role": "assistant", "content": piece}, "done": False} for piece in pieces]
        documents = [*lines, {"message": {}, "done": True, "done_reason": "stop"}]
        return b"".join(json.dumps(document).encode() + b"\n" for document in documents)
    choices = [{"index": 0, "delta": {"content": piece}} for piece in pieces]
    choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    return b"".join(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n" for choice in choices)


@pytest.mark.parametrize("kind", ["custom", "deepseek", "ollama"])
@pytest.mark.parametrize(("said", "thought", "text"), ANSWERS)
@given(at=st.lists(st.integers(0, 200), max_size=8))
def test_at_any_split(kind: str, said: str, thought: str, text: str, at: list[int]) -> None:
    adapter = CUSTOM if kind == "custom" else providers.get(kind)
    marks = [0, *sorted(min(place, len(said)) for place in at), len(said)]
    pieces = [said[start:end] for start, end in pairwise(marks)]
    events, failure = read_all(adapter.reader(), [streamed(kind, pieces)])
    assert failure is None and events[-1] == Finish("stop")
    assert "".join(event.text for event in events if isinstance(event, Reasoning)) == thought
    assert "".join(event.text for event in events if isinstance(event, Text)) == text


def test_an_ordinary_answer_is_not_held_back() -> None:
    reader = CUSTOM.reader()
    said = list(reader.feed(streamed("custom", ["Hel", "lo"])[:-80]))
    assert said[:1] == [Text("Hel")]


def test_what_was_held_is_said_though_no_finish_reason_came() -> None:
    body = streamed("custom", ["<thi"]).partition(b"\n\n")[0] + b"\n\ndata: [DONE]\n\n"
    assert read_all(CUSTOM.reader(), [body]) == ([Text("<thi")], None)
