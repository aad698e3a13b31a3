"""The line without a WebSocket: the same frames as server-sent events, and by POST from the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from tests.thinkback.chat.conftest import PATIENCE, Model, session_of, stored, until
from thinkback.accounts import revocation
from thinkback.accounts.models import User
from thinkback.chat import event_stream
from thinkback.chat.bus import ROOM
from thinkback.chat.frames import Pong
from thinkback.chat.jobs import JOBS
from thinkback.chat.lines import LINES

pytestmark = pytest.mark.usefixtures("running")
ADDRESS = "/events/chat"
SITE = {"Sec-Fetch-Site": "same-origin"}


class Stream:
    """A page on an event stream."""

    def __init__(self, client: AsyncClient, response: Any) -> None:
        self.client = client
        self.response = response
        self.chunks = aiter(response.streaming_content)
        self.id = ""

    async def chunk(self) -> str:
        async with asyncio.timeout(PATIENCE):
            return str((await anext(self.chunks)).decode())

    async def opened(self) -> None:
        text = await self.chunk()
        assert "event: open\n" in text
        self.id = text.rpartition("data: ")[2].strip()

    async def say(self, **frame: Any) -> int:
        answer = await self.client.post(
            ADDRESS, json.dumps(frame, default=str), "application/json", headers={**SITE, "X-Line": self.id}
        )
        return int(answer.status_code)

    async def hear(self, type: str) -> dict[str, Any]:
        while True:
            text = await self.chunk()
            if "data: " in text:
                frame: dict[str, Any] = json.loads(text.partition("data: ")[2])
                if frame["type"] == type:
                    return frame


@asynccontextmanager
async def stream_of(user: User) -> AsyncIterator[Stream]:
    client = AsyncClient()
    client.cookies["sessionid"] = await sync_to_async(session_of)(user)
    response = await client.get(ADDRESS, headers=SITE)
    assert response.status_code == 200, response.content
    stream = Stream(client, response)
    try:
        await stream.opened()
        yield stream
    finally:
        await stream.chunks.aclose()  # type: ignore[attr-defined]


async def test_an_answer_comes_over_it(model: Model, alice: User) -> None:
    async with stream_of(alice) as page:
        assert page.response["Content-Type"] == "text/event-stream" and page.response["X-Accel-Buffering"] == "no"
        frame = {"client_id": uuid4(), "text": "Hi", "slug": "practice", "model": "practice-instant"}
        assert await page.say(type="send", **frame) == 204
        turn = await page.hear("turn")
        model.say("word")
        assert "word" in (await page.hear("block"))["html"]
        model.end()
        assert (await page.hear("done"))["status"] == "done"
    assert (await stored(turn["articles"][-1]["id"])).text == "word"


async def test_nobody_speaks_over_anothers_line(alice: User, bob: User) -> None:
    async with stream_of(alice) as hers, stream_of(bob) as his:
        his.id = hers.id
        assert await his.say(type="ping") == 404
        assert await hers.say(type="ping") == 204
        await hers.hear("pong")


async def test_other_sites_get_nothing(alice: User) -> None:
    client = AsyncClient(enforce_csrf_checks=True)
    client.cookies["sessionid"] = await sync_to_async(session_of)(alice)
    assert (await client.get(ADDRESS, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert (await client.post(ADDRESS, "{}", "application/json", headers=SITE)).status_code == 403  # no CSRF token
    assert (await AsyncClient().get(ADDRESS, headers=SITE)).status_code == 401


async def test_signing_out_ends_it(alice: User) -> None:
    async with stream_of(alice) as page:
        alice.set_password("another one altogether")
        await alice.asave()
        revocation.tell(f"user:{alice.pk}")
        await page.hear("expired")
        with pytest.raises(StopAsyncIteration):
            await page.chunk()
        assert await page.say(type="ping") == 401


async def test_silence_is_filled_with_comments(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "BEAT", 0.01)
    async with stream_of(alice) as page:
        assert (await page.chunk()).startswith(":")


async def test_a_page_that_fell_behind_opens_another(alice: User) -> None:
    async with stream_of(alice) as page:
        line = LINES.find(page.id, alice.pk)
        assert line is not None
        for _ in range(ROOM + 1):
            await line.say(Pong())
        with pytest.raises(StopAsyncIteration):
            await page.chunk()
        assert await page.say(type="ping") == 404


async def test_it_ends_with_the_server(model: Model, alice: User) -> None:
    async with stream_of(alice) as page:
        LINES.end()
        with pytest.raises(StopAsyncIteration):
            await page.chunk()
    await until(lambda: LINES.find(page.id, alice.pk) is None and not JOBS.busy())
