"""Estimates: rough, but not foolish."""

from __future__ import annotations

import base64
import json

import pytest

from proxy.estimating import input_tokens, output_tokens
from tests.wire import Plan, anthropic_stream, google_stream, openai_stream, responses_stream

PLAN = Plan(chunks=400, size=20)
TEXT = 400 * 20 / 4
STREAMS = {
    "openai": lambda: openai_stream(PLAN, {}),
    "responses": lambda: responses_stream(PLAN),
    "anthropic": lambda: anthropic_stream(PLAN),
    "google": lambda: google_stream(PLAN),
}


@pytest.mark.parametrize("name", STREAMS)
def test_the_text_of_a_long_answer_is_told_from_its_frames(name: str) -> None:
    answer = b"".join(list(STREAMS[name]())[:395])
    assert output_tokens(answer, len(answer)) == pytest.approx(TEXT, rel=0.15)
    assert output_tokens(answer[:20_000], len(answer)) == pytest.approx(TEXT, rel=0.15)


def test_without_text_there_is_no_estimate() -> None:
    assert output_tokens(b"", 0) is None
    assert output_tokens(b'data: {"error":{"message":"No."}}\n\n', 36) is None


def test_an_image_is_not_counted_as_words() -> None:
    words = "What is this? " * 200
    image = base64.b64encode(bytes(range(256)) * 4000).decode()
    body = json.dumps(
        {"messages": [{"content": [{"text": words}, {"image_url": {"url": f"data:image/png;base64,{image}"}}]}]}
    )
    assert input_tokens(body.encode()) == pytest.approx(len(words) / 4, rel=0.1)
