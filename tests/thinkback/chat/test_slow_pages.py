"""A page that does not keep up never slows an answer, and gets the whole state when it reads again."""

from __future__ import annotations

import asyncio
import json

from tests.thinkback.chat.conftest import Model, page_of
from thinkback.accounts.models import User
from thinkback.chat.bus import Bus, Subscriber, of_user
from thinkback.chat.consumers import ChatConsumer
from thinkback.chat.frames import Pong

TOPIC = of_user(1)


async def test_frames_come_in_order() -> None:
    subscriber = Subscriber(room=3)
    for text in "abc":
        subscriber.offer(text)
    assert [await subscriber.take() for _ in range(3)] == ["a", "b", "c"]


async def test_what_does_not_fit_is_dropped_and_said_so_once() -> None:
    subscriber = Subscriber(room=3)
    for text in "abcde":
        subscriber.offer(text)
    assert await subscriber.take() is None
    subscriber.offer("f")
    assert await subscriber.take() == "f"


async def test_taking_waits_for_something() -> None:
    subscriber = Subscriber()
    taking = asyncio.create_task(subscriber.take())
    await asyncio.sleep(0)
    assert not taking.done()
    subscriber.offer("a")
    assert await taking == "a"


async def test_only_followers_are_told() -> None:
    bus, one, two = Bus(), Subscriber(), Subscriber()
    bus.follow(TOPIC, one)
    bus.follow(of_user(2), two)
    bus.publish(TOPIC, Pong())
    assert await one.take() == '{"type":"pong"}'
    assert not two._waiting
    bus.leave(TOPIC, one)
    assert not bus.is_followed(TOPIC) and bus.is_followed(of_user(2))


async def test_a_page_that_lost_frames_gets_the_whole_state(
    running: None, model: Model, alice: User, monkeypatch: object
) -> None:
    sent: list[str] = []
    gate = asyncio.Event()
    gate.set()
    original = ChatConsumer.send

    async def slowly(self: ChatConsumer, text_data: str | None = None, **more: object) -> None:
        await gate.wait()
        sent.append(json.loads(text_data or "{}")["type"])
        await original(self, text_data=text_data)

    ChatConsumer.send = slowly
    try:
        async with page_of(alice) as page:
            turn = await page.send("Hi")
            gate.clear()
            for number in range(300):
                model.say(f"paragraph {number}\n\n")
                await asyncio.sleep(0)
            await asyncio.sleep(0.3)
            model.end()
            await asyncio.sleep(0.2)
            gate.set()
            branch = await page.hear("branch") if "branch" not in sent else {}
            html = branch["articles"][-1]["html"] if branch else (await page.hear("done"))["html"]
            assert "paragraph 299" in html and turn["conversation"]
    finally:
        ChatConsumer.send = original
