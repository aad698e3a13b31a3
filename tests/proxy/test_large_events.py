"""Events as large as pictures go on as they came, in pieces: the proxy holds little of them, and cuts none."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from providers import Event, Message, Prompt, ServerFailed, Text
from proxy import events
from tests.proxy.client import CHAT, GENERATE, MESSAGES, begin, chat, fetch
from tests.proxy.host import FakeHost
from tests.upstream import Reply, Upstream
from tests.wire import data, named
from thinkback.chat.asking import Question, ask

MEGABYTE = 2**20
DONE = b"data: [DONE]\n\n"


def picture(size: int) -> str:
    """So many bytes of base64."""
    return base64.b64encode(bytes(range(256)) * (size // 256 * 3 // 4)).decode()


def said(path: str, text: str) -> list[bytes]:
    """A proper answer in one large event, and what ends it."""
    if path == MESSAGES:
        delta = {"type": "text_delta", "text": text}
        return [named({"type": "content_block_delta", "index": 0, "delta": delta}), named({"type": "message_stop"})]
    if path == CHAT:
        return [data({"choices": [{"index": 0, "delta": {"content": text}}]}), DONE]
    parts = {"content": {"parts": [{"text": text}]}}
    return [data({"candidates": [parts]}), data({"candidates": [{"finishReason": "STOP"}]})]


def pieces(parts: list[bytes]) -> list[bytes]:
    """The same in pieces such as a network brings."""
    body = b"".join(parts)
    return [body[at : at + 60_000] for at in range(0, len(body), 60_000)]


@pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE.format(model="m")])
@pytest.mark.parametrize("megabytes", [2, 20])
async def test_it_passes_whole(host: FakeHost, upstream: Upstream, path: str, megabytes: int) -> None:
    parts = said(path, picture(megabytes * MEGABYTE))
    upstream.reply = Reply(pieces(parts))
    reply = await fetch(host, path, chat())
    assert reply.body == b"".join(parts)
    assert max(map(len, reply.chunks)) < events.LONGEST + MEGABYTE
    assert host.ledger.only.status == "ok"


@pytest.mark.parametrize("path", [CHAT, MESSAGES, GENERATE.format(model="m")])
async def test_cut_short_it_is_no_success(host: FakeHost, upstream: Upstream, path: str) -> None:
    event, end = said(path, picture(20 * MEGABYTE))
    upstream.reply = Reply(pieces([event[: len(event) // 2]]))
    exchange = begin(host, path, chat())
    with pytest.raises(ConnectionAbortedError):  # an event that has gone on in part has no words for it
        await exchange.task
    assert not exchange.reply.ended and end not in exchange.reply.body
    assert (host.ledger.only.status, host.ledger.only.error_type) == ("error", "server_error")


async def answered(host: FakeHost) -> AsyncIterator[Event]:
    """What the chat hears."""
    question = Question(host.alice, "openai", Prompt("m", (Message("user", "Draw."),)), uuid4(), uuid4())
    async for event in ask(question, host):
        yield event


async def test_the_chat_takes_two_megabytes(host: FakeHost, upstream: Upstream) -> None:
    text = picture(2 * MEGABYTE)
    upstream.reply = Reply(pieces(said(CHAT, text)))
    assert "".join([event.text async for event in answered(host) if isinstance(event, Text)]) == text
    assert host.ledger.only.status == "ok"


async def test_twenty_are_a_failure_and_never_the_end(host: FakeHost, upstream: Upstream) -> None:
    upstream.reply = Reply(pieces(said(CHAT, picture(20 * MEGABYTE))))
    with pytest.raises(ServerFailed, match="larger than 16 MB"):
        assert not [event async for event in answered(host)]
    assert host.ledger.only.status != "ok"
