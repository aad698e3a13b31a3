"""What a service says of its rate limits is remembered for the configuration whose key was used, and for no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from proxy import allowances
from proxy.allowances import ALLOWANCES
from tests.proxy.client import BEARER, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Reply, Upstream

HEAD = {"content-type": "application/json", "x-ratelimit-remaining-tokens": "41", "x-ratelimit-limit-tokens": "90"}


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    """As after a start."""
    ALLOWANCES._seen.clear()
    yield
    ALLOWANCES._seen.clear()


@pytest.mark.parametrize("status", [200, 429])
async def test_an_answer_and_a_refusal_both_tell(host: FakeHost, upstream: Upstream, status: int) -> None:
    openai = host.connect("openai")
    upstream.reply = Reply([b"{}"], status, HEAD)
    await fetch(host, body=chat(stream=False))
    seen = ALLOWANCES.of(openai.id)
    assert seen is not None and seen.model == "m"
    assert seen.headers == {name: value for name, value in HEAD.items() if name != "content-type"}
    ALLOWANCES.forget(openai.user_id + 1)
    assert ALLOWANCES.of(openai.id) is seen
    ALLOWANCES.forget(openai.user_id)
    assert ALLOWANCES.of(openai.id) is None


async def test_a_key_from_the_browser_is_another_account(host: FakeHost, upstream: Upstream) -> None:
    openai = host.connect("openai")
    upstream.reply = Reply([b"{}"], 200, HEAD)
    await fetch(host, body=chat(stream=False), headers={**BEARER, "x-thinkback-provider-key": "sk-from-the-browser"})
    assert ALLOWANCES.of(openai.id) is None


async def test_only_so_many_are_remembered(host: FakeHost, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowances, "MOST", 1)
    for slug in ("openai", "groq"):
        found = host.connect(slug)
        ALLOWANCES.note(found, HEAD, None)
    assert list(ALLOWANCES._seen) == [found.id]
