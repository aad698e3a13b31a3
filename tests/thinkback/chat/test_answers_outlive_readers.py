"""An answer goes on when its page is left, keeps what had arrived however it ends, and is whole on return."""

from __future__ import annotations

import asyncio
import re

import pytest

from providers import RateLimited, Reasoning
from tests.thinkback.chat.conftest import Model, Page, page_of, saved, stored, until
from thinkback.accounts.models import User
from thinkback.chat.jobs import JOBS
from thinkback.chat.rendering import render


def answer_of(turn: dict) -> str:
    return turn["articles"][-1]["id"]


def words(html: str) -> str:
    return re.sub(
        r"<template.*?</template>|<header.*?</details>|<footer.*?</footer>|<[^>]+>|\s+", "", html, flags=re.DOTALL
    )


async def test_an_answer_is_streamed_and_kept(running: None, model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Hi")
        model.say("Hello **you**")
        block = await page.hear("block")
        assert "<strong>you</strong>" in block["html"] and block["message"] == answer_of(turn)
        model.end()
        done = await page.hear("done")
    assert done["status"] == "done" and done["words"] == 2
    message = await stored(answer_of(turn))
    assert (message.text, message.status) == ("Hello **you**", "done")
    assert message.finished_at is not None


async def test_it_goes_on_when_the_page_is_left(running: None, model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send()
        model.say("one ")
        await page.hear("block")
    model.say("two ", "three")
    model.end()
    await until(lambda: JOBS.find(answer_of(turn)) is None and not JOBS.busy())
    message = await stored(answer_of(turn))
    assert (message.text, message.status) == ("one two three", "done")


async def test_a_reload_in_mid_answer_shows_all_once(running: None, model: Model, alice: User) -> None:
    text = "First.\n\nSecond with `code`.\n\n- a\n- b\n\nThird."
    async with page_of(alice) as page:
        turn = await page.send()
        model.say(text[:20])
        await page.hear("block")
    model.say(text[20:30])
    async with page_of(alice) as page:
        shown = await blocks_after_subscribing(page, turn["conversation"])
        model.say(text[30:])
        await follow_until(page, shown, words(render(text)))
        model.end()
        done = await page.hear("done")
    assert words(done["html"]) == words(render(text))


async def blocks_after_subscribing(page: Page, conversation: str) -> dict[int, tuple[int, str]]:
    """What a fresh page has after the first frame: version and HTML by block."""
    await page.say(type="subscribe", conversation=conversation)
    branch = await page.hear("branch")
    html = branch["articles"][-1]["html"]
    text = html[html.index('data-part="text"') :]
    found = re.findall(
        r'data-block="(\d+)" data-drawn="(\d+)">(.*?)</div>(?=<div class="block"|</div>|\s*<)', text, re.DOTALL
    )
    return {int(index): (int(version), block) for index, version, block in found}


async def follow_until(page: Page, shown: dict[int, tuple[int, str]], wanted: str) -> None:
    """Apply frames as the page's script does, until the page shows exactly this."""
    while words("".join(shown[index][1] for index in sorted(shown))) != wanted:
        frame = await page.hear("block")
        if frame["version"] > shown.get(frame["index"], (0, ""))[0]:
            shown[frame["index"]] = (frame["version"], frame["html"])


async def test_stop_keeps_what_was_said(running: None, model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send()
        model.say("Half an ans")
        await page.hear("block")
        await page.say(type="stop", message=answer_of(turn))
        done = await page.hear("done")
    assert done["status"] == "stopped" and "Stopped by you" in done["html"] and "Half an ans" in done["html"]
    message = await stored(answer_of(turn))
    assert (message.text, message.status) == ("Half an ans", "stopped")
    assert model.left.is_set(), "the upstream must be left"


async def test_a_failure_keeps_what_was_said(running: None, model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send()
        model.say("Half", RateLimited("slow down", status=429, retry_after=7))
        done = await page.hear("done")
    assert done["status"] == "error" and "Half" in done["html"]
    assert 'data-wait="8"' in done["html"] and "slow down" in done["html"]
    message = await stored(answer_of(turn))
    assert message.text == "Half" and message.error is not None
    assert (message.error["type"], message.error["status"]) == ("rate_limit", 429)


async def test_a_fault_of_ours_is_told_without_its_words(running: None, model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        await page.send()
        model.say("Half", ValueError("sk-secret"))
        done = await page.hear("done")
    assert "ThinkBack could not finish" in done["html"] and "sk-secret" not in done["html"]


async def test_the_text_is_saved_while_it_grows(running: None, model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send()
        model.say("so far", Reasoning("hm"))
        await saved(answer_of(turn), "so far")
        message = await stored(answer_of(turn))
        assert (message.status, message.reasoning) == ("streaming", "hm") and message.version >= 1


async def test_leaving_lets_an_answer_end(
    running: None, model: Model, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JOBS, "patience", 10.0)
    async with page_of(alice) as page:
        turn = await page.send()
        model.say("so far")
        await page.hear("block")
        leaving = asyncio.create_task(JOBS.stop())
        await asyncio.sleep(0)
        model.say(" and the rest")
        model.end()
        await leaving
        assert (await page.hear("done"))["status"] == "done"
    assert (await stored(answer_of(turn))).text == "so far and the rest"


async def test_leaving_interrupts_and_keeps_the_text(running: None, model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send()
        model.say("so far")
        await page.hear("block")
        await JOBS.stop()
        assert (await page.hear("done"))["status"] == "interrupted"
        await page.say(type="regenerate", message=answer_of(turn))
        assert (await page.hear("problem"))["error"] == "leaving"
    message = await stored(answer_of(turn))
    assert (message.text, message.status) == ("so far", "interrupted")


async def test_surrogates_cut_in_two_arrive_whole(running: None, model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send()
        model.say("a\ud83d", "\ude00b\0")
        model.end()
        await page.hear("done")
    assert (await stored(answer_of(turn))).text == "a😀b\ufffd"
