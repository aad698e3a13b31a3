"""Models are told of attachments in their own format, in every later turn too; who cannot see is told so in words."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.files.storage import default_storage

from providers import Document, Image, Text
from tests.thinkback.attachments.conftest import Send, client_of, pdf, picture
from tests.thinkback.chat.conftest import Model, page_of
from tests.upstream import Upstream
from thinkback.accounts.models import User
from thinkback.attachments import telling
from thinkback.attachments.models import Attachment
from thinkback.attachments.telling import Senses
from thinkback.chat.models import Conversation
from thinkback.connections.models import Connection
from thinkback.host import SITE

pytestmark = pytest.mark.usefixtures("running")


async def given(send: Send, user: User, name: str, data: bytes) -> str:
    answer = await sync_to_async(send)(user, name, data)
    assert answer.status_code == 201, answer.said
    return str(answer.said["id"])


async def test_they_are_told_before_the_words_and_in_every_later_turn(send: Send, model: Model, alice: User) -> None:
    ids = [await given(send, alice, "a.png", picture()), await given(send, alice, "b.md", b"# Notes\n```x```\n")]
    async with page_of(alice) as page:
        turn = await page.send("What is this?", attachments=ids)
        assert 'alt="a.png"' in turn["articles"][0]["html"] and "b.md" in turn["articles"][0]["html"]
        model.say("A picture.")
        model.end()
        await page.hear("done")
        await page.send("And now?", conversation=turn["conversation"])
        model.end()
        await page.hear("done")
    first, later = [await telling.opened(asked.prompt, Senses()) for asked in model.asked]
    parts = first.messages[0].parts
    assert isinstance(parts[0], Image) and parts[0].media_type == "image/png"
    assert parts[1:] == (Text("File “b.md”:\n\n````\n# Notes\n```x```\n\n````"), Text("What is this?"))
    messages = later.messages
    assert messages[0].parts == parts and messages[2].text == "And now?"


async def test_an_answer_anew_and_a_message_reworded_keep_them(send: Send, model: Model, alice: User) -> None:
    id = await given(send, alice, "a.png", picture())
    async with page_of(alice) as page:
        turn = await page.send("", attachments=[id])
        model.end()
        await page.hear("done")
        await page.say(type="regenerate", message=turn["articles"][1]["id"])
        await page.hear("turn")
        model.end()
        await page.hear("done")
        await page.send("In other words", conversation=turn["conversation"], instead=turn["articles"][0]["id"])
        model.end()
        await page.hear("done")
    assert (await Conversation.objects.aget()).title == "a.png"
    assert model.asked[2].prompt.messages[0].parts == (*model.asked[0].prompt.messages[0].parts, Text("In other words"))
    assert model.asked[0].prompt.messages == model.asked[1].prompt.messages


async def test_what_is_not_ones_own_is_not_told(send: Send, model: Model, alice: User, bob: User) -> None:
    his = await given(send, bob, "secret.txt", b"secret")
    async with page_of(alice) as page:
        await page.say(type="send", client_id=uuid4(), text="x", slug="practice", model="p", attachments=[his])
        assert "not there any more" in (await page.hear("problem"))["message"]
        await page.say(type="send", client_id=uuid4(), text=" ", slug="practice", model="p", attachments=[])
        assert (await page.hear("problem"))["error"] == "empty"
    assert not await Conversation.objects.aexists()


@pytest.mark.parametrize("kind", ["openai", "anthropic", "google"])
async def test_the_provider_gets_the_picture_and_the_text(send: Send, alice: User, kind: str, settings: Any) -> None:
    async with Upstream() as upstream:
        await provider(kind, upstream, alice, settings)
        ids = [await given(send, alice, "a.png", picture()), await given(send, alice, "r.pdf", pdf("The year"))]
        async with page_of(alice) as page:
            await page.send("Look", attachments=ids, slug=kind, model="plan:chunks=1")
            assert (await page.hear("done"))["status"] == "done"
        path = (await Attachment.objects.aget(id=ids[0])).path
        body = upstream.last.body.decode()
    assert b64encode(default_storage.open(path).read()).decode() in body
    assert "r.pdf" in body and "The year" in body and body.index("The year") < body.index("Look")


async def test_a_model_without_eyes_is_told_the_name(send: Send, alice: User, settings: Any) -> None:
    async with Upstream() as upstream:
        row = await provider("openai", upstream, alice, settings)
        row.models = [{"id": "plan:chunks=1", "images": False}]
        await row.asave()
        id = await given(send, alice, "a.png", picture())
        async with page_of(alice) as page:
            await page.send("Look", attachments=[id], slug="openai", model="plan:chunks=1")
            assert (await page.hear("done"))["status"] == "done"
        body = upstream.last.body.decode()
    assert "image_url" not in body and "You cannot see pictures" in body and "a.png" in body


async def provider(kind: str, upstream: Upstream, user: User, settings: Any) -> Connection:
    settings.PRIVATE_UPSTREAMS = frozenset({f"127.0.0.1:{upstream.port}"})
    body = {"kind": kind, "name": kind, "base_url": upstream.url, "api_key": "sk-canary-0123456789abcdef"}
    await SITE.stop()
    await SITE.start()
    answer = await sync_to_async(lambda: client_of(user).post("/api/providers", body, "application/json"))()
    assert answer.status_code == 201, answer.content
    return await Connection.objects.aget(slug=answer.json()["slug"])


async def test_a_scan_is_given_as_it_is_to_who_reads_it(send: Send, model: Model, alice: User) -> None:
    data = pdf("")
    id = await given(send, alice, "scan.pdf", data)
    async with page_of(alice) as page:
        await page.send("Look", attachments=[id])
        model.end()
        await page.hear("done")
    prompt = model.asked[0].prompt
    assert (await telling.opened(prompt, Senses(reads_pdf=True))).messages[0].parts[0] == Document(
        data, name="scan.pdf"
    )
    words = (await telling.opened(prompt, Senses())).messages[0].parts[0]
    assert isinstance(words, Text) and "no text in it" in words.text


async def test_the_latest_pictures_are_shown_where_there_is_no_room(
    send: Send, model: Model, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [await given(send, alice, f"{name}.png", picture()) for name in "ab"]
    async with page_of(alice) as page:
        await page.send("Look", attachments=ids)
        model.end()
        await page.hear("done")
    monkeypatch.setattr(telling, "PICTURES_MOST", (await Attachment.objects.aget(id=ids[1])).size)
    first, second, _ = (await telling.opened(model.asked[0].prompt, Senses())).messages[0].parts
    assert isinstance(first, Text) and "left out" in first.text and isinstance(second, Image)


async def test_a_storage_that_is_down_is_said_and_the_message_stays(
    send: Send, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> None:
        raise ConnectionError

    id = await given(send, alice, "a.png", picture())
    monkeypatch.setattr(default_storage, "open", failing)
    async with page_of(alice) as page:
        turn = await page.send("Look", attachments=[id])
        done = await page.hear("done")
        assert done["status"] == "error" and "file storage (data folder) failed" in done["html"]
        assert "<strong>The file storage of this server (data folder) failed</strong>" in done["html"]
        assert "Choose another model" not in done["html"], "none would do better"
        assert "ThinkBack failed" not in done["html"]
        monkeypatch.undo()
        await page.say(type="regenerate", message=turn["articles"][1]["id"])
        async with asyncio.timeout(10):
            assert (await page.hear("done"))["status"] == "done"


async def test_the_api_lists_them(send: Send, model: Model, alice: User) -> None:
    id = await given(send, alice, "a.png", picture())
    async with page_of(alice) as page:
        turn = await page.send("Look", attachments=[id])
        model.say(Image(b"\x89PNG\r\n\x1a\n drawn"))
        model.end()
        await page.hear("done")
    read = sync_to_async(lambda path: client_of(alice).get(path))
    asked, answered = (await read(f"/api/chats/{turn['conversation']}")).json()["messages"]
    assert [one["id"] for one in asked["attachments"]] == [id] and answered["attachments"] == []
    drawn = await read(answered["pictures"][0]["url"])
    assert drawn.content == b"\x89PNG\r\n\x1a\n drawn" and drawn["Content-Disposition"].startswith("attachment")
