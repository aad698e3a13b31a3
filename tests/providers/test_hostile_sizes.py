"""Words built to stall a regular expression are read in time that grows with their length."""

from __future__ import annotations

import time

import pytest

from providers import get
from providers._failures import redaction

LONGEST = 64 * 1024  # bytes of an error body


@pytest.mark.parametrize("piece", ["a", "a.", "a-", "a*", "a**", "1", "org-a", "sk-", "bearer", "•", "a1-"])
def test_a_long_word_is_redacted_in_bounded_time(piece: str) -> None:
    text, began = (piece * LONGEST)[:LONGEST], time.process_time()
    redaction.redact(text)
    assert time.process_time() - began < 5, "nothing here may be quadratic: that would take minutes"


def test_a_form_that_names_its_model_a_million_times_is_read_in_bounded_time() -> None:
    body, began = b"--" + b'name="model"\r\n' * 1_000_000, time.process_time()
    assert get("openai").operation("POST", "v1/audio/transcriptions", body).model is None
    assert time.process_time() - began < 5, "nothing here may be quadratic: that would take days"


@pytest.mark.parametrize("further", ["", "Content-Type: text/plain\r\n", "A: b\r\nContent-Length: 9\r\n"])
def test_the_model_of_a_form_is_found(further: str) -> None:
    body = f'--x\r\nContent-Disposition: form-data; name="model"\r\n{further}\r\nwhisper-1\r\n--x--\r\n'.encode()
    assert get("openai").operation("POST", "v1/audio/transcriptions", body).model == "whisper-1"
