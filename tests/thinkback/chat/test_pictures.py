"""What a model draws is kept with its answer, shown to its owner alone, and given back to the model that drew it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.storage import default_storage
from django.test import AsyncClient

from providers import Citation, Image, Message, Text
from tests.thinkback.chat.conftest import Model, Page, page_of, stored
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Picture

pytestmark = pytest.mark.usefixtures("running")
PNG = Image(b"\x89PNG\r\n\x1a\n drawn")
ADDRESS = re.compile(r'<img src="(/chat/picture/[0-9a-f-]{36})"')


async def drawn(page: Page, said_by: Model, *said: Any, **more: Any) -> tuple[str, str]:
    """An answer with these in it, and what `send` takes: its conversation, and its HTML."""
    turn = await page.send("Draw a cat", **more)
    said_by.say(*said)
    said_by.end()
    return turn["conversation"], (await page.hear("done"))["html"]


async def fetched(user: User, address: str) -> Any:
    client = AsyncClient()
    await client.aforce_login(user)
    return await client.get(address)


async def test_a_picture_is_shown_while_the_answer_goes_on_and_kept(model: Model, alice: User, bob: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Draw a cat")
        model.say("Here it is.", PNG)
        early = await page.hear("shown")
        found = ADDRESS.search(early["html"])
        assert found is not None and early["status"] == "streaming" and "Here it is." in early["html"]
        model.say("Do you like it?")
        model.end()
        done = await page.hear("done")
    assert found[1] in done["html"] and "Do you like it?" in done["html"]
    assert (await stored(turn["articles"][-1]["id"])).text == "Here it is.Do you like it?"
    answer = await fetched(alice, found[1])
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/png", PNG.data)
    assert "private" in answer["Cache-Control"] and answer["X-Content-Type-Options"] == "nosniff"
    assert (await fetched(bob, found[1])).status_code == 404
    assert (await AsyncClient().get(found[1])).status_code == 302
    page_html = (await fetched(alice, f"/chat/{turn['conversation']}")).content.decode()
    assert found[1] in page_html


async def test_an_answer_may_be_a_picture_alone(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        _, html = await drawn(page, model, PNG)
    assert ADDRESS.search(html) and "without a word" not in html


async def test_the_same_model_sees_what_it_drew(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        conversation, _ = await drawn(page, model, "A cat.", PNG)
        await drawn(page, model, "Blue.", conversation=conversation)
        await drawn(page, model, "Red.", conversation=conversation, model="practice-slow")
    same, other = model.asked[1].prompt.messages[1], model.asked[2].prompt.messages[1]
    assert same == Message("assistant", (Text("A cat."), PNG))
    assert other.parts == (Text("A cat."),)


async def test_its_file_goes_with_it(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        conversation, html = await drawn(page, model, PNG)
        await drawn(page, model, PNG, conversation=conversation)
    first, second = [picture.file.name async for picture in Picture.objects.order_by("id")]
    default_storage.delete(first)  # somebody tidied up too much
    found = ADDRESS.search(html)
    assert found is not None and (await fetched(alice, found[1])).status_code == 404
    assert default_storage.exists(second)
    await sync_to_async(Conversation.objects.filter(user=alice).delete)()
    assert not default_storage.exists(second) and not await Picture.objects.aexists()


async def test_no_room_for_a_picture_is_said(model: Model, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    async with page_of(alice) as page:
        _, html = await drawn(page, model, "Here:", PNG)
    assert "could not be stored" in html and not ADDRESS.search(html)


async def test_what_a_browser_might_run_is_only_downloaded(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        _, html = await drawn(page, model, Image(b"<svg onload='alert(1)'/>", "image/svg+xml"))
    found = ADDRESS.search(html)
    assert found is not None
    answer = await fetched(alice, found[1])
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


async def test_the_pages_that_an_answer_rests_on(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        pages = (Citation("https://a.example/x?y=1&z=2", "A <b>page</b>"), Citation("https://b.example/"),
                 Citation("https://b.example/", "Again"), Citation("javascript:alert(1)", "No"))  # fmt: skip
        conversation, html = await drawn(page, model, "It is ", *pages, "so.")
        await drawn(page, model, "Yes.", conversation=conversation)
    assert 'href="https://a.example/x?y=1&amp;z=2"' in html and "A &lt;b&gt;page&lt;/b&gt;" in html
    assert html.count("https://b.example/</a>") == 1 and "javascript" not in html
    assert model.asked[1].prompt.messages[1].text == "It is so."
