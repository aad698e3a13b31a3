"""What is taken away: one conversation or all, for programs and for people, to its owner alone."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.thinkback.transfer.chats import PNG, a_full_chat, a_message
from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.chat.models import Conversation

pytestmark = pytest.mark.django_db(transaction=True)


def body(answer: Any) -> bytes:
    """Streamed or not."""
    if not answer.streaming:
        return bytes(answer.content)

    async def all_of_it() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return asyncio.run(all_of_it())


def zipped(answer: Any) -> dict[str, bytes]:
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(body(answer))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_chat_is_one_json_file_with_all_branches(client: Client, alice: User) -> None:
    chat = Conversation.objects.create(user=alice, title="Plans")
    asked = a_message(chat, None, "user", "Q")
    a_message(chat, asked, "assistant", "one", operation_id=an_attempt(alice, cost_pico=2_500_000_000).operation_id)
    chat.leaf = a_message(chat, asked, "assistant", "two")
    chat.save()
    answer = client.get(f"/api/chats/{chat.id}/export?format=json")
    found = json.loads(answer.content)
    assert (found["format"], found["version"]) == ("thinkback.conversations", 1)
    [told] = found["conversations"]
    assert (told["origin"], told["title"], told["shown"]) == (f"thinkback:{chat.id}", "Plans", 3)
    assert [(m["number"], m.get("parent"), m["text"]) for m in told["messages"]] == [
        (1, None, "Q"),
        (2, 1, "one"),
        (3, 1, "two"),
    ]
    assert told["messages"][1]["usage"]["cost_usd"] == "0.0025"
    assert "plans" in answer["Content-Disposition"]


def test_a_chat_with_files_is_a_zip(client: Client, alice: User) -> None:
    found = zipped(client.get(f"/chat/{a_full_chat(alice).id}/export"))
    [text] = [name for name in found if name.startswith("chats/")]
    files = {data: name for name, data in found.items() if name.startswith("files/")}
    assert files.keys() == {PNG, b"thorns"}
    file = files[PNG]
    [given] = json.loads(found[text])["conversations"][0]["messages"][3]["files"]
    assert (given["name"], given["path"]) == ("notes.txt", files[b"thorns"])
    parts = json.loads(found[text])["conversations"][0]["messages"][-1]["rounds"][0]
    assert {"type": "file", "name": "picture", "path": file, "media_type": "image/png"} in parts
    assert "grant" not in json.dumps(parts)  # what was allowed here is allowed nowhere else


def test_markdown_is_for_people(client: Client, alice: User) -> None:
    found = zipped(client.get(f"/chat/{a_full_chat(alice).id}/export?format=md"))
    text = next(data for name, data in found.items() if name.endswith(".md")).decode()
    assert text.startswith("---\ntitle: Roses & “thorns”\ncreated: '2026-03-05T12:00:00Z'\n")
    assert "## You\n\nWhen do I prune?\n\n```py\nprint('`')\n```\n\n## gpt-5-mini" in text
    assert "<details>\n<summary>Reasoning</summary>\n\nFrost.\n&lt;/details>\n\n</details>\n\nIn **spring**." in text
    assert "In autumn." not in text and "messages_in_other_branches: 1" in text
    assert "<summary>Tool: calculator</summary>" in text and "![picture](../files/" in text


def test_all_chats_come_in_one_zip(client: Client, alice: User, bob: User) -> None:
    for title in ("one", "two"):
        a_full_chat(alice, title=title)
    Conversation.objects.create(user=alice, title="gone", trashed_at=timezone.now())
    Conversation.objects.create(user=alice, title="passing", temporary=True)
    Conversation.objects.create(user=bob, title="his")
    for address in ("/api/export", "/settings/data/export"):
        found = zipped(client.get(address))
        titles = {json.loads(found[name])["conversations"][0]["title"] for name in found if name.startswith("chats/")}
        assert titles == {"one", "two"}
        assert len([name for name in found if name.startswith("files/")]) == 2  # the same for both


def test_the_same_chats_are_the_same_bytes(client: Client, alice: User) -> None:
    a_full_chat(alice)
    assert body(client.get("/api/export")) == body(client.get("/api/export"))


def test_what_is_not_over_is_told_as_broken_off(client: Client, alice: User) -> None:
    chat = Conversation.objects.create(user=alice)
    a_message(chat, None, "assistant", "So far", status="streaming")
    [told] = json.loads(client.get(f"/api/chats/{chat.id}/export").content)["conversations"]
    assert told["messages"][0]["status"] == "interrupted"


@pytest.mark.parametrize("address", ["/api/chats/{id}/export", "/chat/{id}/export"])
def test_another_persons_chat_is_not_there(
    client_of: Callable[[User], Client], alice: User, bob: User, address: str
) -> None:
    chat = a_full_chat(alice)
    assert client_of(bob).get(address.format(id=chat.id)).status_code == 404
    Conversation.objects.filter(id=chat.id).update(trashed_at=timezone.now())
    assert client_of(alice).get(address.format(id=chat.id)).status_code == 404


def test_an_unknown_format_is_refused(client: Client, alice: User) -> None:
    chat = a_full_chat(alice)
    assert client.get(f"/api/chats/{chat.id}/export?format=pdf").json()["error"]["field"] == "format"
    assert client.get(f"/chat/{chat.id}/export?format=pdf").status_code == 404
