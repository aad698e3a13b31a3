"""Names that mean harm, in what is taken away and brought back: they are text wherever that is opened."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from typing import Any

import comrak
import pytest
from django.test import Client

from tests.browser.hostile.names import NAMES
from tests.browser.hostile.test_shares import NOON, PLACE, a_chat
from tests.thinkback.transfer.exports import give, outcomes
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation, Message
from thinkback.transfer.document import Call, Chat, Failure, File, Source, Thought, Turn
from thinkback.transfer.markdown import markdown

pytestmark = pytest.mark.django_db(transaction=True)
MEANT = {"h1", "h2", "hr", "p", "ul", "li", "a", "img", "blockquote", "details", "summary", "pre", "code", "em", "br"}
CELLS = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", '=HYPERLINK("https://evil.example")')


class Opened(HTMLParser):
    """What a viewer that lets HTML through makes of a text: its elements, and what is read in them."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        options = comrak.RenderOptions()
        options.unsafe_ = True
        extensions = comrak.ExtensionOptions()
        extensions.math_dollars = extensions.strikethrough = True
        extensions.front_matter_delimiter = "---"
        self.feed(comrak.render_markdown(source, extension_options=extensions, render_options=options))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        if self.texts:
            self.texts[-1] += data


def a_turn(name: str) -> Turn:
    """An answer in which everything but its words is called so."""
    url = f"{PLACE}{name}"
    said = [Thought("Hm."), Call(name, "{}", "4", label=name), Source(url, name), Source(url), File(name)]
    files = [File(name, "files/a.txt"), File(name, "files/a.png", "image/png")]
    error = Failure(message=name)
    return Turn(1, "assistant", NOW, rounds=[said], files=files, model=name, status="error", error=error)


NOW = Message._meta.get_field("created_at").to_python(NOON)


@pytest.mark.parametrize("name", [*NAMES, "**bold** `code` __init__ ~~x~~ a_b_c &lt;b> \\<b>", "]( <b>"])
def test_names_are_text_in_markdown(name: str) -> None:
    text = " ".join(name.split())
    found = Opened(
        markdown(Chat("o", NOW, NOW, title=name, folder=name[:100], tags=[name[:50]], messages=[a_turn(name)]))
    )
    assert {tag for tag, _ in found.elements} <= MEANT
    for tag, attributes in found.elements:
        assert not any(each.startswith("on") for each in attributes), (tag, attributes)
        assert str(attributes.get("href", PLACE)).startswith((PLACE, "../files/"))
        assert attributes.get("src", "../files/a.png") == "../files/a.png"
    read = {
        tag: words.strip().replace("\0", "\ufffd") for (tag, _), words in zip(found.elements, found.texts, strict=True)
    }
    shown = text.replace("\0", "\ufffd")
    assert (read["h1"], read["summary"]) == (shown, f"Tool: {shown}")
    pictures = [attributes["alt"] for tag, attributes in found.elements if tag == "img"]
    assert pictures == [shown]


def test_they_come_back_as_they_were(client: Client, alice: User) -> None:
    """Also what no database can hold: a NUL, half a pair of surrogates."""
    chats = [a_chat(number, name) for number, name in enumerate([*NAMES, "half \ud83d"])]
    report = give(client, {"format": "thinkback.conversations", "version": 1, "conversations": chats}, "own.json")
    assert outcomes(report) == ["imported"] * len(chats)
    kept = [chat["title"].replace("\0", "\ufffd").replace("\ud83d", "\ufffd") for chat in chats]
    assert sorted(Conversation.objects.values_list("title", flat=True)) == sorted(kept)
    for chat in Conversation.objects.all():
        [told] = json.loads(client.get(f"/api/chats/{chat.id}/export").content)["conversations"]
        answer: dict[str, Any] = told["messages"][1]
        assert (told["title"], answer["model"]) == (chat.title, chat.title)


def test_what_cannot_be_read_is_told_under_a_name_that_can_be_kept(client: Client, alice: User) -> None:
    broken = {"origin": "x", "title": "a\0b \ud83d", "messages": []}
    report = give(client, {"format": "thinkback.conversations", "version": 1, "conversations": [broken]}, "own.json")
    assert [line["title"] for line in report["conversations"]] == ["a\ufffdb \ufffd"]


def test_no_cell_of_a_report_is_a_formula(client: Client, alice: User) -> None:
    chats = [{**a_chat(number, "x"), "title": cell} for number, cell in enumerate(CELLS)]
    report = give(client, {"format": "thinkback.conversations", "version": 1, "conversations": chats}, "=1+1.json")
    answer = client.get(f"/api/imports/{report['import']['id']}/report?format=csv")
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    assert [row["title"] for row in rows] == [f"'{cell}" for cell in CELLS]
