"""What a page may ask for over its WebSocket, and what it is refused."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.thinkback.chat.conftest import Model, page_of, stored, until
from thinkback.accounts import revocation
from thinkback.accounts.models import User
from thinkback.chat.frames import MAX_FRAME
from thinkback.chat.jobs import JOBS
from thinkback.chat.models import Conversation, Message

pytestmark = pytest.mark.usefixtures("running")


async def test_a_message_begins_a_conversation(model: Model, alice: User) -> None:
    client_id = uuid4()
    async with page_of(alice) as page:
        turn = await page.send("Why is the sky **blue**?", client_id=client_id)
        assert turn["client_id"] == str(client_id) and turn["url"] == f"/chat/{turn['conversation']}"
        assert [article["status"] for article in turn["articles"]] == ["done", "streaming"]
        row = await page.hear("chat")
        assert row["title"] == "Why is the sky blue?"
        assert "An answer is being written" in row["html"]
        model.end()
        await page.hear("done")
        assert "An answer is being written" not in (await page.hear("chat"))["html"]


async def test_the_model_is_told_the_whole_branch(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        first = await page.send("One")
        model.say("Two")
        model.end()
        await page.hear("done")
        await page.send("Three", conversation=first["conversation"], parent=first["articles"][-1]["id"])
        await until(lambda: len(model.asked) == 2)
        model.end()
        await page.hear("done")
    said = [(message.role, message.text) for message in model.asked[1].prompt.messages]
    assert said == [("user", "One"), ("assistant", "Two"), ("user", "Three")]


async def test_sending_twice_is_harmless(model: Model, alice: User) -> None:
    client_id = uuid4()
    async with page_of(alice) as page:
        first = await page.send("Hi", client_id=client_id)
        second = await page.send("Hi", client_id=client_id)
        assert [a["id"] for a in first["articles"]] == [a["id"] for a in second["articles"]]
        model.end()
        await page.hear("done")
    assert await Message.objects.acount() == 2 and len(model.asked) == 1


async def test_regenerating_makes_a_version_beside_it(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Hi")
        question, answer = (article["id"] for article in turn["articles"])
        model.say("first")
        model.end()
        await page.hear("done")
        await page.say(type="regenerate", message=answer)
        again = await page.hear("turn")
        assert again["parent"] == question and len(again["articles"]) == 1
        model.say("second")
        model.end()
        done = await page.hear("done")
        assert "Version 2 of 2" in done["html"]
    new = await stored(again["articles"][0]["id"])
    assert (str(new.parent_id), new.text) == (question, "second")
    assert (await stored(answer)).text == "first"
    assert (await Conversation.objects.aget()).leaf_id == new.id


async def test_a_second_tab_is_in_step(model: Model, alice: User) -> None:
    async with page_of(alice) as one, page_of(alice) as two:
        turn = await one.send("Hi")
        await two.say(type="subscribe", conversation=turn["conversation"])
        assert [a["status"] for a in (await two.hear("branch"))["articles"]] == ["done", "streaming"]
        model.say("word")
        assert (await one.hear("block"))["html"] == (await two.hear("block"))["html"]
        model.end()
        assert (await one.hear("done"))["html"] == (await two.hear("done"))["html"]


async def test_only_what_the_page_lacks_is_sent(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Hi")
        model.end()
        await page.hear("done")
        ids = [article["id"] for article in turn["articles"]]
        await page.say(type="subscribe", conversation=turn["conversation"], have=ids[:1])
        branch = await page.hear("branch")
        assert branch["ids"] == ids and [a["id"] for a in branch["articles"]] == ids[1:]


async def test_one_answer_at_a_time(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Hi")
        client_id = uuid4()
        await page.say(
            type="send", client_id=client_id, text="More", slug="practice", model="x", conversation=turn["conversation"]
        )
        problem = await page.hear("problem")
        assert (problem["error"], problem["client_id"]) == ("busy", str(client_id))
        model.end()
        await page.hear("done")


async def test_bob_cannot_touch_what_is_alices(model: Model, alice: User, bob: User) -> None:
    async with page_of(alice) as hers, page_of(bob) as his:
        turn = await hers.send("Secret")
        conversation, answer = turn["conversation"], turn["articles"][-1]["id"]
        await his.say(type="subscribe", conversation=conversation)
        assert (await his.hear("problem"))["error"] == "not_found"
        await his.say(type="send", client_id=uuid4(), text="x", slug="s", model="m", conversation=conversation)
        assert (await his.hear("problem"))["error"] == "not_found"
        await his.say(type="regenerate", message=answer)
        assert (await his.hear("problem"))["error"] == "not_found"
        await his.say(type="stop", message=answer)
        model.say("hers alone")
        await hers.hear("block")
        assert await his.is_quiet() and JOBS.find(UUID(answer)) is not None
        model.end()
        assert (await hers.hear("done"))["status"] == "done"
    assert await Message.objects.acount() == 2


async def test_a_parent_from_another_conversation_is_refused(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        one = await page.send("One")
        model.end()
        await page.hear("done")
        two = await page.send("Two")
        model.end()
        await page.hear("done")
        frame = {"conversation": two["conversation"], "parent": one["articles"][-1]["id"]}
        await page.say(type="send", client_id=uuid4(), text="x", slug="s", model="m", **frame)
        assert (await page.hear("problem"))["error"] == "not_found"


@pytest.mark.parametrize(
    "frame",
    [
        "nonsense",
        "[]",
        "{}",
        '{"type": "unknown"}',
        '{"type": "stop", "message": "not an id"}',
        '{"type": "ping", "more": 1}',
        '{"type": "send", "client_id": 1}',
        "[" * 100_000,
        '{"type": "ping"' + " " * MAX_FRAME + "}",
    ],
    ids=lambda frame: frame[:30] + str(len(frame)),
)
async def test_a_bad_frame_is_refused_and_the_line_stays(alice: User, frame: str) -> None:
    async with page_of(alice) as page:
        await page.socket.send_to(text_data=frame)
        assert (await page.hear("problem"))["error"] == "bad_frame"
        await page.say(type="ping")
        await page.hear("pong")


async def test_bytes_are_no_frame(alice: User) -> None:
    async with page_of(alice) as page:
        await page.socket.send_to(bytes_data=b"\xff\xfe")
        assert (await page.hear("problem"))["error"] == "bad_frame"


async def test_a_message_of_nothing_is_refused(alice: User) -> None:
    async with page_of(alice) as page:
        await page.say(type="send", client_id=uuid4(), text=" \n ", slug="practice", model="practice")
        assert (await page.hear("problem"))["error"] == "empty"


async def test_a_stranger_is_told_to_sign_in() -> None:
    async with page_of(None) as page:
        await page.hear("expired")
        assert (await page.socket.receive_output(1))["code"] == 4401


async def test_signing_out_ends_the_line(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Hi")
        alice.set_password("another one altogether")
        await alice.asave()
        revocation.tell(f"user:{alice.pk}")
        await page.hear("expired")
        model.say("goes on")
        model.end()
        await until(lambda: not JOBS.busy())
    assert (await stored(turn["articles"][-1]["id"])).text == "goes on"


async def test_an_unknown_connection_is_a_card(alice: User) -> None:
    async with page_of(alice) as page:
        await page.send("Hi", slug="gone", model="x")
        done = await page.hear("done")
        assert done["status"] == "error" and "not set up any more" in done["html"]


async def test_practice_answers_through_the_pipeline(alice: User) -> None:
    async with page_of(alice) as page:
        await page.send("Hi /list", model="practice-instant")
        done = await page.hear("done")
        assert done["status"] == "done" and "What to look at" in done["html"]
        assert "$0.00" in done["html"] and "Answered by ThinkBack itself" in done["html"]


@pytest.mark.parametrize(
    ("command", "title"),
    [
        ("401", "Practice refused the key"),
        ("402", "No credit left at Practice"),
        ("429", "Practice asks to slow down"),
        ("500", "Practice failed"),
        ("stream", "Practice failed"),
    ],
)
async def test_a_providers_failure_is_a_card(alice: User, command: str, title: str) -> None:
    async with page_of(alice) as page:
        await page.send(f"/error {command}", model="practice-instant")
        done = await page.hear("done")
        assert done["status"] == "error" and title in done["html"]
