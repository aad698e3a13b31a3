"""After the first answer a model may give the chat its title: as its owner chose, never in his place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from providers import Event, ProviderError, Reasoning, Text
from proxy.host import Host
from tests.thinkback.chat.conftest import Model, Page, page_of
from thinkback.accounts.models import User
from thinkback.chat import preferences, titling
from thinkback.chat.asking import Question
from thinkback.chat.models import Conversation
from thinkback.usage.quotes import Item

pytestmark = pytest.mark.usefixtures("running")


class Writer:
    """The model that writes titles."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.reply: list[Event | Exception] = [Text("The blue sky")]
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def ask(self, question: Question, host: Host) -> AsyncGenerator[Event]:
        self.asked.append(question)
        await self.may_answer.wait()
        for event in self.reply:
            if isinstance(event, Exception):
                raise event
            yield event


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Writer:
    writer = Writer()
    monkeypatch.setattr(titling, "ask", writer.ask)
    return writer


async def choose(user: User, **values: Any) -> None:
    await sync_to_async(preferences.choose)(user.id, values)


async def answered(page: Page, model: Model, **more: Any) -> Conversation:
    """Ask and be answered; the conversation."""
    turn = await page.send("Why is the sky blue?", **more)
    model.say("Because of Rayleigh")
    model.end()
    await page.hear("done")
    return await Conversation.objects.aget(id=turn["conversation"])


async def titled(page: Page, title: str) -> None:
    """Wait until the list has this title."""
    while (await page.hear("chat"))["title"] != title:
        pass


async def test_the_title_comes_to_every_page(model: Model, writer: Writer, alice: User) -> None:
    await choose(alice, titles="named", title_model="practice/practice")
    async with page_of(alice) as page, page_of(alice) as other:
        chat = await answered(page, model)
        await titled(page, "The blue sky")
        await titled(other, "The blue sky")
        await chat.arefresh_from_db()
        assert (chat.title, chat.titled_by) == ("The blue sky", "model")
        (question,) = writer.asked
        assert (question.slug, question.prompt.model, question.source) == ("practice", "practice", "title")
        assert "Why is the sky blue?" in question.prompt.messages[0].text
        model.end()
        await page.send("And at night?", conversation=chat.id)
        await page.hear("done")
    assert len(writer.asked) == 1  # once for each chat


async def test_a_person_is_never_overruled(model: Model, writer: Writer, alice: User) -> None:
    await choose(alice, titles="named", title_model="practice/practice")
    writer.may_answer.clear()
    async with page_of(alice) as page:
        chat = await answered(page, model)  # the answer does not wait for the title
        await asyncio.wait_for(until_asked(writer), 5)
        await Conversation.objects.filter(id=chat.id).aupdate(title="Mine", titled_by="person")
        writer.may_answer.set()
        assert await settled(chat) == "Mine"


async def until_asked(writer: Writer) -> None:
    while not writer.asked:
        await asyncio.sleep(0.005)


async def settled(chat: Conversation) -> str:
    """The title when nobody writes one any more."""
    while any((task.get_name() or "").startswith("title ") for task in asyncio.all_tasks()):
        await asyncio.sleep(0.005)
    await chat.arefresh_from_db()
    return chat.title


@pytest.mark.parametrize(
    "reply", [ProviderError("down"), Text(" \n\n"), Reasoning("hm")], ids=["error", "empty", "thought"]
)
async def test_without_a_title_the_first_words_stay(model: Model, writer: Writer, alice: User, reply: Any) -> None:
    await choose(alice, titles="named", title_model="practice/practice")
    writer.reply = [reply]
    async with page_of(alice) as page:
        assert await settled(await answered(page, model)) == "Why is the sky blue?"
    assert len(writer.asked) == 1


async def test_off_asks_nobody(model: Model, writer: Writer, alice: User) -> None:
    await choose(alice, titles="off")
    async with page_of(alice) as page:
        assert await settled(await answered(page, model, slug="mine")) == "Why is the sky blue?"
    assert not writer.asked


@pytest.mark.parametrize(
    ("price", "asks"), [("0.0000001", 1), ("0.00001", 0), (None, 0)], ids=["cheap", "dear", "unknown"]
)
async def test_by_itself_only_where_it_is_cheap(
    model: Model, writer: Writer, alice: User, monkeypatch: pytest.MonkeyPatch, price: str | None, asks: int
) -> None:
    class Rate:
        fresh = output = Decimal(price or 0)

    async def rates(items: list[Item]) -> list[Rate | None]:
        return [Rate() if price else None]

    async def connection(*_: Any) -> Any:
        class Adapter:
            def price_list(self, model: str) -> str:
                return "openai"

            def transport(self) -> None:
                return None

        class Found:
            adapter = Adapter()

        return Found()

    monkeypatch.setattr(titling, "rates", rates)
    monkeypatch.setattr("thinkback.chat.jobs.SITE.connection", connection, raising=False)
    async with page_of(alice) as page:
        await settled(await answered(page, model, slug="mine"))
    assert [question.prompt.model for question in writer.asked] == ["practice-instant"] * asks


@pytest.mark.parametrize(
    ("reply", "title"),
    [
        ('"The blue sky."', "The blue sky"),
        ("**Title:** The blue sky", "The blue sky"),
        ("Title: The blue sky\nand more", "The blue sky"),
        ("\n\n# The blue sky\n", "The blue sky"),
        ("<script>alert(1)</script>Sky", "alert(1) Sky"),
        ("Sky\u202eevil\x00\x1b[31m", "Sky evil 31m"),
        ("word " * 500, "word word word word word word word word word word word word…"),
        ("<" * 5000, "<" * 59 + "…"),
        ("", ""),
    ],
)
def test_whatever_a_model_says_the_title_is_short_and_plain(reply: str, title: str) -> None:
    assert titling.clean(reply) == title
