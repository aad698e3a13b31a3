"""What is typed is kept on the server: on every page of its user, once, until it is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from tests.thinkback.chat.conftest import Model, page_of
from thinkback.accounts.models import User
from thinkback.attachments import sweeping
from thinkback.attachments.models import Attachment
from thinkback.chat import drafts
from thinkback.chat.models import Conversation, Draft

pytestmark = pytest.mark.usefixtures("running")


async def stands(user: User, conversation: UUID | None = None) -> tuple[str, int]:
    draft = await database_sync_to_async(drafts.of)(user.pk, conversation)
    return draft.text, draft.version


async def test_a_draft_is_on_every_page_of_its_user_alone(alice: User, bob: User) -> None:
    async with page_of(alice) as here, page_of(alice) as there, page_of(bob) as his:
        await here.say(type="draft", text="Dear", page="here")
        for page in (here, there):
            heard = await page.hear("draft")
            assert (heard["text"], heard["version"], heard["page"]) == ("Dear", 1, "here")
        assert await his.is_quiet()
    assert await stands(alice) == ("Dear", 1) and await stands(bob) == ("", 0)


async def test_what_grew_out_of_an_older_version_changes_nothing(alice: User) -> None:
    async with page_of(alice) as page:
        await page.say(type="draft", text="One", page="a")
        await page.hear("draft")
        await page.say(type="draft", text="Two", page="b")  # knows nothing of the first
        assert (await page.hear("draft"))["text"] == "One"
        await page.say(type="draft", text="Two", page="b", version=1)
        assert (await page.hear("draft"))["version"] == 2
    assert await stands(alice) == ("Two", 2) and await Draft.objects.acount() == 1


async def test_asking_changes_nothing(alice: User) -> None:
    async with page_of(alice) as page:
        await page.say(type="draft")
        nothing = {"type": "draft", "conversation": None, "text": "", "version": 0, "page": "", "files": []}
        assert await page.hear("draft") == nothing
    assert await Draft.objects.acount() == 0


@pytest.mark.parametrize(("kept", "left"), [("Hello", ""), ("Hell", ""), ("Something else", "Something else")])
async def test_sending_takes_the_draft_that_was_sent(model: Model, alice: User, kept: str, left: str) -> None:
    async with page_of(alice) as page:
        await page.say(type="draft", text=kept)
        await page.hear("draft")
        await page.send("Hello")
        assert (await page.hear("draft"))["text"] == left
        model.end()
        await page.hear("done")
    assert (await stands(alice))[0] == left


async def test_each_chat_has_its_own(alice: User, bob: User) -> None:
    hers = await Conversation.objects.acreate(user=alice)
    async with page_of(alice) as page, page_of(bob) as his:
        await page.say(type="draft", text="For this one", conversation=hers.id)
        assert (await page.hear("draft"))["conversation"] == str(hers.id)
        frame: dict[str, Any] = {"type": "draft", "text": "mine", "page": "x"}
        for id in (hers.id, uuid4()):
            await his.say(conversation=id, **frame)
            assert (await his.hear("problem"))["error"] == "not_found"
    assert await stands(alice) == ("", 0) and await stands(alice, hers.id) == ("For this one", 1)


async def a_file(user: User, name: str) -> str:
    row = await Attachment.objects.acreate(user=user, name=name, kind="text", media_type="text/plain", size=1)
    return str(row.id)


async def test_its_files_are_on_every_page_until_they_are_sent(model: Model, alice: User, bob: User) -> None:
    first, second, his = [await a_file(user, name) for user, name in ((alice, "a"), (alice, "b"), (bob, "c"))]
    async with page_of(alice) as here, page_of(alice) as there:
        await here.say(type="draft", text="See", attachments=[second, his, first], page="here")
        for page in (here, there):
            heard = await page.hear("draft")
            assert [file["name"] for file in heard["files"]] == ["b", "a"], "in order, without those of others"
        await here.say(type="draft", text="See!", version=1)  # says nothing of files
        assert len((await here.hear("draft"))["files"]) == 2
        await here.send("See!", attachments=[second])
        heard = await there.hear("draft")
        while heard["version"] < 3:
            heard = await there.hear("draft")
        assert (heard["text"], [file["name"] for file in heard["files"]]) == ("", ["a"]), "what was not sent stays"
        model.end()
        await here.hear("done")


async def test_what_a_draft_holds_is_not_tidied_away_and_goes_with_it(alice: User) -> None:
    kept, sent_with_nothing = await a_file(alice, "kept"), await a_file(alice, "left")
    chat = await Conversation.objects.acreate(user=alice)
    async with page_of(alice) as page:
        await page.say(type="draft", text="", attachments=[kept], conversation=chat.id)
        await page.hear("draft")
    await Attachment.objects.aupdate(created_at=timezone.now() - timedelta(days=9))
    await database_sync_to_async(sweeping.round_once)()
    assert [str(row.id) async for row in Attachment.objects.all()] == [kept] != [sent_with_nothing]
    await chat.adelete()
    assert not await Attachment.objects.aexists()
