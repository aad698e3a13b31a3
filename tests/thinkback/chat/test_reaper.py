"""An answer that nobody writes any more ends for the pages that watch it, without anybody loading anything again."""

from __future__ import annotations

from uuid import UUID

import pytest
from channels.db import database_sync_to_async

from proxy.call import new_id
from tests.thinkback.chat.conftest import Model, page_of, stored
from tests.thinkback.chat.test_recovery import dead_boot
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Message
from thinkback.chat.reaper import REAPER
from thinkback.usage.ledger import LEDGER
from thinkback.usage.models import Boot

pytestmark = pytest.mark.usefixtures("running")


async def answer_of(user: User, boot_id: UUID | None) -> Message:
    conversation = await Conversation.objects.acreate(user=user)
    asked = await Message.objects.acreate(conversation=conversation, role="user", text="Why?")
    answer = await Message.objects.acreate(
        conversation=conversation, parent=asked, role="assistant", status="streaming", text="So far", boot_id=boot_id
    )
    conversation.leaf = answer
    await conversation.asave()
    return answer


async def test_a_page_that_watches_a_dead_runs_answer_is_told(alice: User) -> None:
    """ai-dial-chat #7558: no spinner without an end."""
    answer = await answer_of(alice, await database_sync_to_async(dead_boot)())
    async with page_of(alice) as page:
        await page.say(type="subscribe", conversation=answer.conversation_id)
        assert (await page.hear("branch"))["articles"][-1]["status"] == "streaming"
        await REAPER.round()
        done = await page.hear("done")
    assert done["status"] == "interrupted" and "So far" in done["html"] and "Regenerate" in done["html"]
    assert (await stored(answer.id)).status == "interrupted"


async def test_what_another_living_run_writes_is_shown_and_ends(alice: User) -> None:
    boot = await database_sync_to_async(dead_boot)()
    await Boot.objects.filter(id=boot).aupdate(heartbeat_at=(await Boot.objects.aget(id=LEDGER.boot_id)).heartbeat_at)
    answer = await answer_of(alice, boot)
    async with page_of(alice) as page:
        await page.say(type="subscribe", conversation=answer.conversation_id)
        await page.hear("branch")
        await Message.objects.filter(id=answer.id).aupdate(text="So far, and more", version=1)
        await REAPER.round()
        assert "and more" in (await page.hear("shown"))["html"]
        await Message.objects.filter(id=answer.id).aupdate(text="The whole", status="done", version=2)
        await REAPER.round()
        done = await page.hear("done")
    assert done["status"] == "done" and "The whole" in done["html"]


async def test_an_answer_of_this_run_without_a_job_ends_at_the_second_look(alice: User) -> None:
    answer = await answer_of(alice, LEDGER.boot_id)
    await REAPER.round()
    assert (await stored(answer.id)).status == "streaming"
    await REAPER.round()
    assert (await stored(answer.id)).status == "interrupted"


async def test_an_answer_with_a_job_is_left_alone(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Hi")
        for _ in range(3):
            await REAPER.round()
        model.say("still here")
        model.end()
        assert (await page.hear("done"))["status"] == "done"
    assert (await stored(turn["articles"][-1]["id"])).text == "still here"


async def test_bob_is_not_told_of_alices_answer(alice: User, bob: User) -> None:
    answer = await answer_of(alice, new_id())
    async with page_of(bob) as his:
        await his.say(type="subscribe", conversation=answer.conversation_id)
        assert (await his.hear("problem"))["error"] == "not_found"
        await REAPER.round()
        assert await his.is_quiet()
