"""An answer that was broken off goes on in the same message: what stood there stays, and nothing stands twice."""

from __future__ import annotations

from typing import Any

import pytest

from providers import Finish, RateLimited, Reasoning, ToolCall
from tests.thinkback.chat.conftest import Model, Page, page_of, stored, until
from thinkback.accounts.models import User
from thinkback.chat.jobs import JOBS
from thinkback.chat.rounds import read
from thinkback.chat.seams import INSTRUCTION, Seam

running = pytest.mark.usefixtures("running")


async def begun(page: Page, model: Model, *said: Any) -> str:
    """An answer that has said this much; its id."""
    turn = await page.send("Hi")
    model.say(*said)
    await page.hear("block")
    return str(turn["articles"][-1]["id"])


async def cut(page: Page, model: Model, *said: Any) -> str:
    """An answer that reached its longest."""
    id = await begun(page, model, *said, Finish("max_tokens"))
    model.end()
    assert "Cut off" in (await page.hear("done"))["html"]
    return id


async def goes_on(page: Page, model: Model, id: str, *said: Any) -> dict[str, Any]:
    await page.say(type="continue", message=id)
    assert (await page.hear("shown"))["status"] == "streaming"
    model.say(*said)
    model.end()
    return await page.hear("done")


@running
async def test_a_cut_answer_goes_on_in_the_same_message(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        id = await cut(page, model, "One **tw")
        done = await goes_on(page, model, id, "o** three", Finish("end_turn"))
    assert done["message"] == id and "One <strong>two</strong> three" in done["html"]
    assert "Cut off" not in done["html"] and "data-continue" not in done["html"]
    message = await stored(id)
    assert (message.text, message.status, message.finish) == ("One **two** three", "done", "stop")
    said = [(turn.role, turn.text) for turn in model.asked[1].prompt.messages]
    assert said == [("user", "Hi"), ("assistant", "One **tw"), ("user", INSTRUCTION)]
    assert model.asked[0].operation_id != model.asked[1].operation_id


@running
async def test_later_turns_see_one_answer(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        id = await cut(page, model, Reasoning("hm"), "One tw")
        await goes_on(page, model, id, Reasoning("and"), "o", Finish("length"))
        await goes_on(page, model, id, " three")
        chat = (await stored(id)).conversation_id
        await page.send("More", conversation=chat, parent=id)
        await until(lambda: len(model.asked) == 4)
        model.end()
        await page.hear("done")
    said = [(turn.role, turn.text) for turn in model.asked[3].prompt.messages]
    assert said == [("user", "Hi"), ("assistant", "One two three"), ("user", "More")]
    assert (await stored(id)).reasoning == "hm\n\nand"


@running
@pytest.mark.parametrize("end", ["stop", "error", "leave"])
async def test_every_broken_answer_can_go_on(model: Model, alice: User, end: str) -> None:
    async with page_of(alice) as page:
        id = await begun(page, model, "Half ")
        if end == "stop":
            await page.say(type="stop", message=id)
        elif end == "error":
            model.say(RateLimited("slow down"))
        else:
            await JOBS.stop()
            JOBS.leaving = False
        assert "data-continue" in (await page.hear("done"))["html"]
        done = await goes_on(page, model, id, "and half")
    assert "Half and half" in done["html"] and "slow down" not in done["html"]
    message = await stored(id)
    assert (message.text, message.status, message.error) == ("Half and half", "done", None)


@running
async def test_what_stood_there_stays_however_it_ends(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        id = await cut(page, model, "Kept ")
        await page.say(type="continue", message=id)
        model.say(RateLimited("slow down"))
        done = await page.hear("done")
        assert done["status"] == "error" and "Kept" in done["html"] and "data-continue" in done["html"]
        await page.say(type="continue", message=id)
        await page.hear("shown")
        model.say("and more")
        await page.hear("block")
        assert (await stored(id)).text.startswith("Kept ")  # while it goes on, too
        await JOBS.stop()
        await page.hear("done")
    message = await stored(id)
    assert (message.text, message.status) == ("Kept and more", "interrupted")


@running
async def test_a_page_that_comes_in_the_middle_sees_all_once(model: Model, alice: User) -> None:
    async with page_of(alice) as page, page_of(alice) as other:
        id = await cut(page, model, "One tw")
        await page.say(type="continue", message=id)
        await page.hear("shown")
        model.say("o thr")
        await page.hear("block")
        await other.say(type="subscribe", conversation=(await stored(id)).conversation_id)
        html = (await other.hear("branch"))["articles"][-1]["html"]
        assert html.count("One two thr") == 1
        model.end()
        await page.hear("done")


@running
async def test_only_the_last_answer_goes_on(model: Model, alice: User, bob: User) -> None:
    async with page_of(alice) as page, page_of(bob) as his:
        id = await cut(page, model, "One tw")
        await his.say(type="continue", message=id)
        assert (await his.hear("problem"))["error"] == "not_found"
        await page.send("More", conversation=(await stored(id)).conversation_id, parent=id)
        await page.say(type="continue", message=id)
        assert (await page.hear("problem"))["error"] == "busy"
        model.end()
        done = await page.hear("done")
        await page.say(type="continue", message=id)
        assert (await page.hear("problem"))["error"] == "not_last"
        await page.say(type="continue", message=done["message"])
        assert (await page.hear("problem"))["error"] == "not_found"  # it is whole, and empty


@running
async def test_after_a_tool_that_was_broken_off_the_model_is_asked_again(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Reckon", tools=["calculator"])
        model.say(ToolCall("c1", "calculator", '{"expression": "6*7"}'))
        model.end()
        assert (await page.hear("done"))["status"] == "waiting"
        id = turn["articles"][-1]["id"]
        await page.say(type="stop", message=id)
        await page.hear("done")
        done = await goes_on(page, model, id, "Without it, then.")
    assert done["status"] == "done" and "Not run" in done["html"]
    assert [len(round.calls) for round in read((await stored(id)).rounds)] == [1, 0]
    assert "was not run" in str(model.asked[1].prompt.messages[-1])


@running
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([Finish("refusal")], "content filter withheld"),
        (["No", Finish("SAFETY")], "content filter ended"),
        ([Reasoning("hm"), Finish("length")], "No word was left"),
        ([Finish("stop")], "ended without a word"),
    ],
)
async def test_no_answer_ends_blank(model: Model, alice: User, said: list[Any], words: str) -> None:
    async with page_of(alice) as page:
        await page.send("Hi")
        model.say(*said)
        model.end()
        html = (await page.hear("done"))["html"]
    assert words in html and "data-regenerate" in html and "data-continue" not in html


@pytest.mark.parametrize(
    ("before", "pieces", "joined"),
    [
        ("The end of the be", ["ginning"], "The end of the beginning"),
        ("The quick brown fox jumps", ["The quick", " brown fox jumps", " over"], "The quick brown fox jumps over"),
        ("It all began when the qui", ["\n\nbegan when the quick", " fox"], "It all began when the quick fox"),
        ("an interrup", ["interruption"], "an interruption"),
        ("| yes | ", ["yes | no |"], "| yes | yes | no |"),
        ("0, 0, 0, 0, 0, 0, 0, 0, ", ["0, 0, 0, 0, 0, 0, 0, 1"], "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1"),
        ("as she had", [" had", " it"], "as she had had it"),
        ("Every word of it again", ["Every word", " of it again"], "Every word of it again"),
        ("", ["all", " new"], "all new"),
    ],
)  # fmt: skip
def test_what_is_repeated_is_left_out(before: str, pieces: list[str], joined: str) -> None:
    seam = Seam(before)
    assert before + "".join(seam.feed(piece) for piece in pieces) + seam.close() == joined
