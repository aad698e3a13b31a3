"""Another answer, shorter or longer, by the same model or another one; how long it thought; what it took."""

from __future__ import annotations

import pytest

from providers import Reasoning
from tests.thinkback.chat.conftest import Model, page_of, stored, until
from thinkback.accounts.models import User
from thinkback.chat import preferences
from thinkback.chat.footers import footer_of
from thinkback.usage.reports import OperationTotals

pytestmark = pytest.mark.usefixtures("running")


@pytest.mark.parametrize(("manner", "words"), [("concise", "more concisely"), ("detailed", "in more detail")])
async def test_a_manner_is_asked_for_and_not_kept(model: Model, alice: User, manner: str, words: str) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Hi")
        model.say("Hello")
        model.end()
        await page.hear("done")
        await page.say(type="regenerate", message=turn["articles"][-1]["id"], manner=manner)
        again = await page.hear("turn")
        await until(lambda: len(model.asked) == 2)
        model.end()
        await page.hear("done")
    (question,) = model.asked[1].prompt.messages
    assert question.text.startswith("Hi") and words in question.text
    answer = await stored(again["articles"][0]["id"])
    assert (answer.slug, answer.model) == ("practice", "practice-instant")
    assert (await stored(turn["articles"][0]["id"])).text == "Hi"


async def test_the_time_of_thinking_is_kept(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Hi")
        model.say(Reasoning("hm"))
        await page.hear("block")
        model.say("So.")
        shown = await page.hear("shown")
        assert "Thought for a moment" in shown["html"]
        model.end()
        assert "Thought for a moment" in (await page.hear("done"))["html"]
    assert (await stored(turn["articles"][-1]["id"])).thought > 0


async def test_reasoning_is_open_for_who_wants_it_and_folded_at_the_end(model: Model, alice: User) -> None:
    await preferences.Preferences.objects.acreate(user=alice, chosen={"opens_reasoning": True})
    async with page_of(alice) as page:
        turn = await page.send("Hi")
        assert "data-reasoning hidden open" in turn["articles"][-1]["html"]
        model.say(Reasoning("hm"), "So.")
        model.end()
        assert "data-reasoning>" in (await page.hear("done"))["html"]


def test_the_footer_tells_all_that_is_known() -> None:
    totals = OperationTotals(input_tokens=5, output_tokens=40, reasoning_tokens=30, status="ok", calls=1)
    totals.ttft_ms, totals.duration_ms, totals.request_id = 1000.0, 3000.0, "req_7"
    footer = footer_of(totals)
    assert footer is not None
    rows = dict(footer.rows)
    assert (rows["Of them reasoning"], rows["Speed"], rows["Request"]) == ("30", "20 tokens/s", "req_7")
    assert rows["Cost"] == "Unknown"
