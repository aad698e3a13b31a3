"""What is written while an answer is being made waits on the server, and is sent once: by itself, or when asked."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from providers import RateLimited
from tests.thinkback.chat.conftest import Model, Page, page_of, stored, until
from thinkback.accounts.models import User
from thinkback.chat.jobs import JOBS
from thinkback.chat.models import Message, Queued

pytestmark = pytest.mark.usefixtures("running")


async def begun(page: Page, model: Model) -> tuple[str, str]:
    """A chat in which an answer is being made: its id, the answer's."""
    turn = await page.send("One")
    await until(lambda: len(model.asked) == 1)
    return turn["conversation"], turn["articles"][-1]["id"]


async def queue(page: Page, chat: str, text: str, **more: Any) -> dict[str, Any]:
    frame = {"client_id": uuid4(), "slug": "practice", "model": "practice-instant"} | more
    await page.say(type="send", text=text, conversation=chat, queue=True, **frame)
    return await page.hear("queue")


async def waiting() -> list[str]:
    return [row.text async for row in Queued.objects.all()]


async def questions() -> list[str]:
    return [message.text async for message in Message.objects.filter(role="user").order_by("id")]


async def test_the_next_is_sent_when_the_answer_is_whole(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        chat, answer = await begun(page, model)
        client_id = uuid4()
        for _ in range(2):  # sending again is harmless
            heard = await queue(page, chat, "Two", client_id=client_id)
        assert heard["client_id"] == str(client_id) and heard["html"].count("data-queued=") == 1
        await queue(page, chat, "Three")
        assert await waiting() == ["Two", "Three"]
        model.say("first")
        model.end()
        turn = await page.hear("turn")
        assert (turn["parent"], turn["client_id"]) == (answer, str(client_id))
        assert (await page.hear("queue"))["sent"] == str(client_id)
        assert await waiting() == ["Three"]
        model.end()
        await page.hear("turn")
        await page.hear("queue")
        model.end()
        await page.hear("done")
    assert [message.text for message in model.asked[1].prompt.messages] == ["One", "first", "Two"]
    assert (await waiting(), await questions()) == ([], ["One", "Two", "Three"])


async def test_nobody_needs_to_be_there(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        chat, _ = await begun(page, model)
        await queue(page, chat, "Two")
    model.end()
    await until(lambda: len(model.asked) == 2)
    model.end()
    await until(lambda: not JOBS.busy())
    assert (await waiting(), await questions()) == ([], ["One", "Two"])


@pytest.mark.parametrize("end", ["stop", "error", "leave"])
async def test_after_a_broken_answer_it_waits_for_its_button(model: Model, alice: User, end: str) -> None:
    async with page_of(alice) as page:
        chat, answer = await begun(page, model)
        await queue(page, chat, "Two")
        if end == "stop":
            await page.say(type="stop", message=answer)
        elif end == "error":
            model.say(RateLimited("slow down"))
        else:
            await JOBS.stop()
            JOBS.leaving = False
        await page.hear("done")
        assert await waiting() == ["Two"] and len(model.asked) == 1
        await page.say(type="subscribe", conversation=chat)
        assert "Two" in (await page.hear("branch"))["queue"]
        row = await Queued.objects.aget()
        await page.say(type="send_queued", id=row.id)
        assert (await page.hear("turn"))["parent"] == answer
        await page.hear("queue")
        model.end()
        await page.hear("done")
    assert (await waiting(), await questions()) == ([], ["One", "Two"])


async def test_send_now_stops_the_answer(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        chat, answer = await begun(page, model)
        await queue(page, chat, "Two")
        await queue(page, chat, "Three")
        last = await Queued.objects.filter(text="Three").aget()
        await page.say(type="send_queued", id=last.id)
        await page.hear("turn")
        assert (await stored(answer)).status == "stopped"
        await page.hear("queue")
        assert (await waiting(), await questions()) == (["Two"], ["One", "Three"])
        model.end()
        await page.hear("turn")
        model.end()
        await page.hear("done")


async def test_it_is_taken_out_in_every_window(model: Model, alice: User, bob: User) -> None:
    async with page_of(alice) as page, page_of(bob) as his, page_of(alice) as other:
        chat, _ = await begun(page, model)
        await other.say(type="subscribe", conversation=chat)
        await other.hear("branch")
        await queue(page, chat, "Two")
        assert "Two" in (await other.hear("queue"))["html"]
        row = await Queued.objects.aget()
        for type in ("unqueue", "send_queued"):
            await his.say(type=type, id=row.id)
            assert (await his.hear("problem"))["error"] == "not_found"
        await other.say(type="unqueue", id=row.id)
        assert "data-queued=" not in (await page.hear("queue"))["html"]
        await page.say(type="unqueue", id=row.id)
        assert (await page.hear("problem"))["error"] == "not_found"
        model.end()
        await page.hear("done")
    assert await questions() == ["One"]


async def test_what_comes_too_late_to_wait_is_sent(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        chat, _ = await begun(page, model)
        model.end()
        await page.hear("done")
        await until(lambda: not JOBS.busy())
        await page.send("Two", conversation=chat, queue=True)
        model.end()
        await page.hear("done")
    assert (await waiting(), await questions()) == ([], ["One", "Two"])


async def test_it_goes_to_every_model_that_was_chosen(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        chat, _ = await begun(page, model)
        beside = [{"slug": "practice", "model": name} for name in ("second", "third")]
        heard = await queue(page, chat, "Two", models=beside)
        assert "and 2 more models" in heard["html"]
        model.end()
        await page.hear("turn")
        asked = await Message.objects.aget(text="Two")
        answers = [answer.model async for answer in Message.objects.filter(parent=asked).order_by("place")]
        assert answers == ["practice-instant", "second", "third"]
        for _answer in answers:
            model.end()
        await until(lambda: not JOBS.busy())
