"""What becomes of a file: every conversation for itself, nothing twice, nothing touched that is here."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.thinkback.transfer.chats import PNG
from tests.thinkback.transfer.exports import give, outcomes, recorded, zip_of
from thinkback.accounts.models import User
from thinkback.attachments import enclosing
from thinkback.chat.models import Conversation, Message, Picture
from thinkback.chat.rounds import Call, Drawn, Source, read
from thinkback.transfer import importing, receiving, unpacking
from thinkback.transfer.models import Import, Line

pytestmark = pytest.mark.django_db(transaction=True)


def texts(chat: Conversation) -> dict[str, str | None]:
    """Each message's words → those of the one before it."""
    return {row.text: row.parent.text if row.parent else None for row in chat.messages.select_related("parent")}


def test_chatgpts_zip_is_read_honestly(client: Client, alice: User) -> None:
    """LibreChat #15229, #13630, PR #2355: many files, no model, the tree kept, and what failed is told."""
    first, second, *others = recorded("chatgpt")
    files = {"conversations-000__json": [first], "conversations-001__json": [second, *others], "user__json": "{}"}
    report = give(client, zip_of(**files, **{"file_0000bbbb-buds__png": PNG}))
    assert outcomes(report) == ["imported", "imported", "failed", "failed"]
    assert report["import"]["kind"] == "ChatGPT" and report["import"]["imported"] == 2
    assert report["conversations"][0]["reason"] == "Not in the file: bush.png."
    assert report["conversations"][3] == {
        "number": 4,
        "title": "Nameless",
        "outcome": "failed",
        "reason": "It has no id.",
        "chat": None,
    }
    roses = Conversation.objects.get(title="When to prune roses")
    assert texts(roses) == {
        "When do I prune roses?": None,
        "In late winter, before the buds open.": "When do I prune roses?",
        "In autumn.": "When do I prune roses?",
        "Count the buds in this picture.\n\n[bush.png]": "In late winter, before the buds open.",
        "There are **7** buds. Here they are:": "Count the buds in this picture.\n\n[bush.png]",
        "When do I plant roses?": None,
    }
    assert roses.system == "I garden in Kent.\n\nAnswer in metric units."
    assert (roses.created_at.year, roses.updated_at.microsecond) == (2025, 750000)
    answer = roses.leaf
    assert answer is not None and (answer.model, answer.reasoning) == ("o3", "I should count them with Python.")
    [call, drawn] = [part for round in read(answer.rounds) for part in round.said if isinstance(part, Call | Drawn)]
    assert isinstance(call, Call) and (call.name, call.arguments, call.result) == ("python", "print(3 + 4)", "7")
    assert Picture.objects.get(message=answer).file.read() == PNG
    [source] = read(Message.objects.get(text__startswith="In late").rounds)[0].sources
    assert source == Source("https://example.org/roses", "Pruning roses")
    hello = Conversation.objects.get(title="")
    assert texts(hello) == {"Hello": None, "Hi there.": "Hello"} and hello.archived_at is not None


@pytest.mark.parametrize(
    ("name", "title", "expected", "shown"),
    [
        ("claude", "Haiku", ["A haiku about tea", "Another answer", "Steam curls, morning light"], "Another answer"),
        ("open_webui", "Tides", ["The moon.", "The sun, a little.", "Why tides?"], "The moon."),
        ("librechat", "Bread", ["How long to knead?", "Ten minutes.", "Twelve minutes."], "Twelve minutes."),
    ],
)
def test_others_are_read_too(
    client: Client, alice: User, name: str, title: str, expected: list[str], shown: str
) -> None:
    give(client, recorded(name), f"{name}.json")
    chat = Conversation.objects.get(title=title)
    assert sorted(text.split("\n")[0] for text in texts(chat)) == expected
    assert chat.leaf is not None and chat.leaf.text == shown
    assert outcomes(give(client, recorded(name)))[0] == "skipped"


def test_the_files_of_a_question_come_along(client: Client, alice: User) -> None:
    first = recorded("chatgpt")[0]
    first["mapping"]["q2"]["message"]["metadata"]["attachments"] = [{"id": "file-XYZ", "name": "list.txt"}]
    report = give(client, zip_of(conversations__json=[first], **{"file-XYZ-list__txt": b"shears", "x__bin": b"?"}))
    asked = Message.objects.get(text__startswith="Count")
    assert [one.name for one in enclosing.of([asked.id])[asked.id]] == ["list.txt"]
    assert report["conversations"][0]["reason"] == "Not in the file: image file_0000aaaa, image file_0000bbbb."


def test_importing_again_changes_nothing(client: Client, alice: User) -> None:
    give(client, recorded("chatgpt"))
    before = list(Message.objects.values_list("id", "text"))
    report = give(client, recorded("chatgpt"))
    assert outcomes(report) == ["skipped", "skipped", "failed", "failed"]
    assert report["conversations"][0]["reason"] == "It is here already."
    assert list(Message.objects.values_list("id", "text")) == before


def grown() -> list[Any]:
    """The first chat with another question at its end."""
    chat = copy.deepcopy(recorded("chatgpt")[0])
    more = {"id": "q3", "author": {"role": "user"}, "create_time": chat["update_time"] + 5}
    more["content"] = {"content_type": "text", "parts": ["And now?"]}
    chat["mapping"]["q3"] = {"id": "q3", "parent": "d1", "children": [], "message": more}
    chat["current_node"] = "q3"
    chat["update_time"] += 10
    return [chat]


def test_what_has_grown_is_added(client: Client, alice: User) -> None:
    give(client, recorded("chatgpt")[:1])
    report = give(client, grown())
    assert outcomes(report) == ["updated"] and report["conversations"][0]["reason"].startswith("1 new message.")
    chat = Conversation.objects.get()
    assert chat.leaf is not None and chat.leaf.text == "And now?" and chat.messages.count() == 7


def test_what_was_added_here_stays_and_is_shown(client: Client, alice: User) -> None:
    give(client, recorded("chatgpt")[:1])
    chat = Conversation.objects.get()
    own = Message.objects.create(conversation=chat, parent=chat.leaf, role="user", text="My own")
    Conversation.objects.filter(id=chat.id).update(leaf=own, title="Mine")
    assert outcomes(give(client, grown())) == ["updated"]
    chat.refresh_from_db()
    assert (chat.title, chat.leaf_id, chat.messages.count()) == ("Mine", own.id, 8)


def test_what_is_in_the_trash_stays_there_and_is_told(client: Client, alice: User) -> None:
    give(client, recorded("chatgpt")[:1])
    Conversation.objects.update(trashed_at=timezone.now())
    report = give(client, grown())
    assert outcomes(report) == ["skipped"] and "trash" in report["conversations"][0]["reason"]
    assert Conversation.objects.get().trashed_at is not None and Message.objects.count() == 6


def test_each_person_has_his_own(client: Client, client_of: Any, alice: User, bob: User) -> None:
    for one in (client, client_of(bob)):
        assert outcomes(give(one, recorded("chatgpt")[:1])) == ["imported"]
    made = Import.objects.filter(user=alice).get()
    for address in (f"/api/imports/{made.id}", f"/api/imports/{made.id}/report"):
        assert client_of(bob).get(address).status_code == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello", "There are no conversations in this file"),
        (b'{"a": 1}', "There are no conversations in this file"),
        (b"[]", "There are no conversations in this file"),
        (b"PK\x03\x04nonsense", "The archive is damaged"),
        (zip_of(user__json="{}", chat__html="<p>"), "There are no conversations in this file"),
        (zip_of(conversations__json=b"[" + b" " * 80_000_000 + b"]"), "unpacks to far more"),
        (b'{"format": "thinkback.conversations", "version": 99}', "newer ThinkBack"),
        (b"[" * 100_000, "damaged"),
    ],
)
def test_what_is_no_export_is_refused_with_words(client: Client, alice: User, data: bytes, words: str) -> None:
    told = give(client, data)["import"]
    assert told["state"] == "failed" and words in told["problem"]
    assert not Conversation.objects.exists()


def test_a_file_that_breaks_off_gives_what_stands_before(client: Client, alice: User) -> None:
    told = give(client, json.dumps(recorded("chatgpt")[:2]).encode()[:-300])
    assert outcomes(told) == ["imported"] and "damaged from here on" in told["import"]["problem"]
    assert told["import"]["state"] == "done"


def test_hostile_trees_end(client: Client, alice: User) -> None:
    def chat(id: str, mapping: dict[str, Any]) -> dict[str, Any]:
        return {"id": id, "mapping": mapping, "current_node": "0"}

    def said(id: int, parent: int | None) -> dict[str, Any]:
        message = {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["\ud800\0 x"]}}
        return {"id": str(id), "parent": None if parent is None else str(parent), "message": message, "children": None}

    deep = {str(id): said(id, id - 1 if id else None) for id in range(3000)}
    odd = {"0": said(0, 0), "1": None, "2": [], "3": {"message": {"content": {"parts": 7}, "author": "me"}}}
    report = give(client, [chat("deep", deep), chat("odd", odd), chat("no", {"0": said(0, 99)}), 7, None])
    assert outcomes(report) == ["imported", "failed", "imported", "failed", "failed"]
    assert Message.objects.filter(conversation__origin="chatgpt:deep").count() == 3000


def test_one_that_cannot_be_written_spoils_no_other(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importing.store

    def failing(user_id: int, chat: Any, fetch: Any) -> Any:
        if chat.title == "When to prune roses":
            raise KeyError("a fault of ours")
        return real(user_id, chat, fetch)

    monkeypatch.setattr(importing, "store", failing)
    assert outcomes(give(client, recorded("chatgpt")[:2])) == ["failed", "imported"]


def test_a_large_file_comes_in_pieces(client: Client, alice: User) -> None:
    data = json.dumps(recorded("chatgpt")).encode()
    head, rest = data[:1000], data[1000:]
    made = client.generic("POST", f"/api/import?name=a.json&size={len(data)}", head, "application/octet-stream").json()
    assert (made["state"], made["received"]) == ("receiving", 1000)
    address = f"/api/imports/{made['id']}"
    assert client.generic("PATCH", f"{address}?offset=5", rest, "application/octet-stream").status_code == 409
    done = client.generic("PATCH", f"{address}?offset=1000", rest, "application/octet-stream").json()
    assert (done["state"], done["received"]) == ("waiting", len(data))
    assert importing.place_of(done["id"]).read_bytes() == data
    assert client.delete(address).status_code == 204
    assert not importing.place_of(done["id"]).exists() and client.get(address).json()["state"] == "cancelled"


def test_what_is_too_much_is_refused_before_it_comes(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MOST_BYTES", 10)
    assert client.generic("POST", "/api/import?size=11", b"", "application/octet-stream").status_code == 413
    assert client.generic("POST", "/api/import", b"", "application/octet-stream").status_code == 400
    for expected in (202, 202, 202, 409):
        answer = client.generic("POST", "/api/import?size=9", b"abc", "application/octet-stream")
        assert answer.status_code == expected


def test_after_a_crash_it_goes_on_where_it_stood(client: Client, alice: User) -> None:
    data = json.dumps(recorded("chatgpt")).encode()
    made = client.generic("POST", "/api/import", data, "application/octet-stream").json()
    Import.objects.update(state=Import.State.RUNNING)
    seen = iter((False, True))
    importing.run(made["id"], is_leaving=lambda: next(seen))
    assert Line.objects.count() == 2 and Import.objects.get().state == Import.State.RUNNING
    importing.run(made["id"])
    assert [line.outcome for line in Line.objects.all()] == ["imported", "imported", "failed", "failed"]
    assert Import.objects.get().state == Import.State.DONE and not importing.place_of(made["id"]).exists()


def test_cancelling_ends_it_and_keeps_what_was_imported(client: Client, alice: User) -> None:
    data = json.dumps(recorded("chatgpt")).encode()
    made = client.generic("POST", "/api/import", data, "application/octet-stream").json()
    Import.objects.update(state=Import.State.RUNNING)
    importing.run(made["id"], is_leaving=lambda: bool(client.delete(f"/api/imports/{made['id']}")) and False)
    assert Import.objects.filter(state=Import.State.CANCELLED).exists() or not Import.objects.exists()
    assert Conversation.objects.count() >= 1


def test_the_report_opens_in_a_spreadsheet(client: Client, alice: User) -> None:
    evil = recorded("chatgpt")[0] | {"title": "=1+1"}
    made = give(client, [evil])["import"]
    answer = client.get(f"/api/imports/{made['id']}/report?format=csv")
    assert "1,'=1+1,imported," in answer.content.decode()


def test_elements_are_found_at_any_split(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    wanted = [{"mapping": {}, "n": n, "text": "é" * n + '"]['} for n in range(30)]
    path = tmp_path / "x.json"
    path.write_text(json.dumps(wanted, indent=1, ensure_ascii=False), "utf-8-sig")
    for step in (1, 7, 64):
        monkeypatch.setattr(unpacking, "STEP", step)
        with unpacking.opened(path) as given:
            assert [found.raw for found in given.conversations()] == wanted
