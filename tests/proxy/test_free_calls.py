"""Which calls another provider could answer as well: those that make an answer and leave nothing behind."""

from __future__ import annotations

import pytest

from proxy.call import Call, Caller
from proxy.fallbacks import is_free

ALICE = Caller(1, "token")


def call(path: str, body: bytes = b"{}", method: str = "POST") -> Call:
    return Call(ALICE, "x", "proxy", method, path, body=body)


@pytest.mark.parametrize(
    "path",
    [
        "v1/chat/completions", "openai/deployments/chat/chat/completions", "v1/messages", "v1/responses", "v2/chat",
        "v2/embed", "api/chat", "api/generate", "v1beta/models/gemini-2.5-pro:streamGenerateContent",
        "v1/projects/p/locations/global/publishers/anthropic/models/claude:rawPredict", "model/m/converse-stream",
    ],
)  # fmt: skip
def test_answers_in_every_format(path: str) -> None:
    assert is_free(call(path))
    assert not is_free(call(path, method="GET"))


@pytest.mark.parametrize(
    "path",
    ["v1/files", "v1/batches", "v1/messages/batches", "v1/messages/count_tokens", "api/pull", "v1/fine_tuning/jobs"],
)
def test_what_stays_with_its_provider(path: str) -> None:
    assert not is_free(call(path))


@pytest.mark.parametrize(
    "body",
    [b'{"previous_response_id": "r1"}', b'{"file_id": "f"}', b'{"prompt": {"id": "p"}}', b'{"background": true}', b"["],
)
def test_what_refers_to_something_stored(body: bytes) -> None:
    assert not is_free(call("v1/responses", body))
