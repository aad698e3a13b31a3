"""Versions of messages stand beside each other: nothing is overwritten, whichever window wrote it."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from tests.thinkback.chat.conftest import Model, Page, page_of, stored, until
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Message

pytestmark = pytest.mark.usefixtures("running")


async def turn(page: Page, model: Model, text: str, **more: Any) -> dict[str, Any]:
    """A message with its whole answer; the frame that said that it began."""
    client_id = str(uuid4())
    begun = await page.send(text, client_id=client_id, **more)
    while begun["client_id"] != client_id:  # of another window
        begun = await page.hear("turn")
    model.say(f"to {text}")
    model.end()
    while (await page.hear("done"))["message"] != ids(begun)[-1]:
        pass
    return begun


async def follow(page: Page, chat: str, **more: Any) -> dict[str, Any]:
    await page.say(type="subscribe", conversation=chat, **more)
    return await page.hear("branch")


def ids(frame: dict[str, Any]) -> list[str]:
    return [article["id"] for article in frame["articles"]]


async def said(model: Model, count: int) -> list[str]:
    """What the model was told in the question of this number."""
    await until(lambda: len(model.asked) == count)
    return [message.text for message in model.asked[-1].prompt.messages]


class Browser:
    """A signed-in browser's requests."""

    def __init__(self, user: User) -> None:
        self.client = Client(headers={"sec-fetch-site": "same-origin"})
        self.client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")

    async def ask(self, method: str, path: str, data: Any = None) -> Any:
        body = b"" if data is None else json.dumps(data)
        return await sync_to_async(self.client.generic)(method, path, body, "application/json")


async def browser_of(user: User) -> Browser:
    return await sync_to_async(Browser)(user)


async def test_an_edited_message_stands_beside_the_old_one(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        first = await turn(page, model, "One")
        chat = first["conversation"]
        second = await turn(page, model, "Two", conversation=chat, parent=ids(first)[-1])
        edited = await page.send("Zwei", conversation=chat, instead=ids(second)[0])
        assert (edited["parent"], edited["aside"]) == (ids(first)[-1], None)
        assert "Version 2 of 2" in edited["articles"][0]["html"]
        assert await said(model, 3) == ["One", "to One", "Zwei"]
        model.end()
        await page.hear("done")
        assert (await follow(page, chat))["ids"] == [*ids(first), *ids(edited)]
    assert (await stored(ids(second)[0])).text == "Two"


async def test_the_first_message_can_be_edited(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        first = await turn(page, model, "One")
        edited = await page.send("Eins", conversation=first["conversation"], instead=ids(first)[0])
        assert edited["parent"] is None
        assert await said(model, 2) == ["Eins"]
        model.end()
        await page.hear("done")
        bad = {"conversation": first["conversation"], "slug": "practice", "model": "x", "text": "x"}
        for instead in (ids(first)[1], uuid4()):  # an answer, nothing
            await page.say(type="send", client_id=uuid4(), instead=instead, **bad)
            assert (await page.hear("problem"))["error"] == "not_found"


async def test_an_answer_in_ones_own_words(model: Model, alice: User, bob: User) -> None:
    async with page_of(alice) as page, page_of(bob) as his:
        first = await turn(page, model, "One")
        frame = {"type": "rewrite", "client_id": uuid4(), "message": ids(first)[1], "text": "Mine"}
        await his.say(**frame)
        assert (await his.hear("problem"))["error"] == "not_found"
        for _ in range(2):  # sending again is harmless
            await page.say(**frame)
            rewritten = await page.hear("turn")
        assert (
            "Edited by you" in rewritten["articles"][0]["html"] and "Version 2 of 2" in rewritten["articles"][0]["html"]
        )
        await page.send("Two", conversation=first["conversation"], parent=ids(rewritten)[0])
        assert await said(model, 2) == ["One", "Mine", "Two"]
        model.end()
        await page.hear("done")
    assert (await stored(ids(first)[1])).text == "to One"
    assert await Message.objects.acount() == 5


async def test_a_stale_page_makes_a_version_and_is_told(model: Model, alice: User) -> None:
    async with page_of(alice) as page, page_of(alice) as stale:
        first = await turn(page, model, "One")
        chat, shown = first["conversation"], ids(first)[-1]
        await follow(stale, chat)
        second = await turn(page, model, "Two", conversation=chat, parent=shown)
        late = await turn(stale, model, "Three", conversation=chat, parent=shown)
        assert late["aside"] == ids(second)[-1] and late["parent"] == shown
        assert "Version 2 of 2" in late["articles"][0]["html"]
        assert await said(model, 3) == ["One", "to One", "Three"]
        # the first window stays on its branch, and goes on there
        branch = await follow(page, chat, last=ids(second)[-1])
        assert branch["ids"] == [*ids(first), *ids(second)] and branch["aside"] == ids(late)[-1]
        fourth = await turn(page, model, "Four", conversation=chat, parent=ids(second)[-1])
        assert fourth["aside"] is None
    assert await Message.objects.acount() == 8


async def test_two_windows_at_the_same_moment(model: Model, alice: User) -> None:
    async with page_of(alice) as one, page_of(alice) as two:
        first = await turn(one, model, "One")
        await follow(two, first["conversation"])
        usual = {"slug": "practice", "model": "x", "conversation": first["conversation"], "parent": ids(first)[-1]}
        frames = [{"type": "send", "client_id": uuid4(), "text": text, **usual} for text in ("Left", "Right")]
        await asyncio.gather(one.say(**frames[0]), two.say(**frames[1]))
        await until(lambda: len(model.asked) == 2)
        replies = {}
        for page, frame in ((one, frames[0]), (two, frames[1])):
            while (reply := await page.hear_any()).get("client_id") != str(frame["client_id"]):
                pass
            replies[reply["type"]] = reply
        assert replies.keys() == {"turn", "problem"} and replies["problem"]["error"] == "busy"
        model.end()
        await one.hear("done")
    assert await Message.objects.filter(role="user").acount() == 2


async def test_a_version_is_deleted_with_what_follows(model: Model, alice: User, bob: User) -> None:
    async with page_of(alice) as page:
        first = await turn(page, model, "One")
        chat = first["conversation"]
        second = await turn(page, model, "Two", conversation=chat, parent=ids(first)[-1])
        other = await turn(page, model, "Zwei", conversation=chat, instead=ids(second)[0])
        hers, his = await browser_of(alice), await browser_of(bob)
        address = f"/api/chats/{chat}/messages/"
        assert (await his.ask("DELETE", address + ids(other)[0])).status_code == 404
        assert (await hers.ask("DELETE", address + ids(first)[0])).status_code == 409  # the only version
        assert (await hers.ask("DELETE", address + str(uuid4()))).status_code == 404
        assert (await hers.ask("DELETE", address + ids(other)[0])).status_code == 204
        await page.hear("gone")
        branch = await follow(page, chat, last=ids(other)[-1])
    assert branch["ids"] == [*ids(first), *ids(second)] and branch["aside"] is None
    assert not await Message.objects.filter(id__in=ids(other)).aexists()


async def test_a_version_that_is_being_written_is_not_deleted(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        first = await turn(page, model, "One")
        await page.say(type="regenerate", message=ids(first)[1])
        again = await page.hear("turn")
        hers = await browser_of(alice)
        refused = await hers.ask("DELETE", f"/api/chats/{first['conversation']}/messages/{ids(again)[0]}")
        assert (refused.status_code, refused.json()["error"]["type"]) == (409, "busy")
        model.end()
        await page.hear("done")


async def test_regenerating_twice_with_one_id_is_once(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        first = await turn(page, model, "One")
        frame = {"type": "regenerate", "client_id": uuid4(), "message": ids(first)[1]}
        found = []
        for _ in range(2):
            await page.say(**frame)
            found.append(ids(await page.hear("turn")))
        assert found[0] == found[1]
        model.end()
        await page.hear("done")


async def test_a_change_of_the_chat_leaves_its_branch_alone(model: Model, alice: User) -> None:
    """A change from a slow window must not put the whole row back."""
    chat = await Conversation.objects.acreate(user=alice, title="Old", system="Be kind.")
    hers = await browser_of(alice)
    address = f"/api/chats/{chat.id}"

    async def change(**data: Any) -> int:
        return (await hers.ask("PATCH", address, data)).status_code

    assert await change(system="Be brief.", was={"system": "Be kind."}) == 200
    assert await change(system="Be rude.", was={"system": "Be kind."}) == 409
    assert await change(title="New", was={"title": "Old", "system": "Be brief."}) == 200
    await chat.arefresh_from_db()
    assert (chat.title, chat.system) == ("New", "Be brief.")
