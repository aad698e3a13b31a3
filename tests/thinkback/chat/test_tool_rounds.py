"""The model's tool calls go round: approved, run, and answered to the model, until it answers in words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from channels.db import database_sync_to_async

from providers import Image, Prompt, Reasoning, Text, Tool, ToolCall, ToolResult
from providers import Message as Said
from tests.thinkback.chat.conftest import Model, Page, page_of, stored, until
from thinkback.accounts.models import User
from thinkback.chat import recovery
from thinkback.chat.jobs import JOBS
from thinkback.chat.models import Message
from thinkback.chat.rounds import read, without_tools
from thinkback.tools import kits, running
from thinkback.tools.models import Preference
from thinkback.tools.offered import Offered, ToolFailed

pytestmark = pytest.mark.usefixtures("running")
SUM = ToolCall("c1", "calculator", '{"expression": "6*7"}', "sealed")


class Bench:
    """Two tools in the test's hands: `slow` waits until it is told what to say, `broken` fails."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answers: dict[str, asyncio.Future[str]] = {}

    async def slow(self, arguments: Mapping[str, Any]) -> str:
        self.asked.append(arguments["name"])
        return await self.answers.setdefault(arguments["name"], asyncio.get_running_loop().create_future())

    async def broken(self, arguments: Mapping[str, Any]) -> str:
        raise ToolFailed("out of order") if arguments else ValueError("sk-secret")


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench()
    tools = tuple(
        Offered(Tool(run.__name__), run.__name__.title(), run, harmless=True) for run in (bench.slow, bench.broken)
    )
    monkeypatch.setattr(kits, "BUILT_IN", (*kits.BUILT_IN, *tools))
    return bench


async def asks(page: Page, model: Model, *calls: ToolCall, tools: str = "calculator") -> str:
    """The model calls tools in answer to a first message; the answer's id."""
    turn = await page.send("Reckon", tools=[tools])
    model.say(*calls)
    model.end()
    return str(turn["articles"][-1]["id"])


async def ended(page: Page, model: Model, words: str = "So it is.") -> dict[str, Any]:
    """The model says its last words."""
    model.say(words)
    model.end()
    return await page.hear("done")


async def calls_of(id: str) -> list[tuple[str, str]]:
    return [(call.state, call.result) for round in read((await stored(id)).rounds) for call in round.calls]


async def test_an_approved_tool_answers_to_the_model(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Reckon", tools=["calculator"])
        model.say(Reasoning("hm"), Reasoning("", "proof"), "Let me see.", SUM)
        model.end()
        done = await page.hear("done")
        assert done["status"] == "waiting" and "Allow once" in done["html"] and "6*7" in done["html"]
        assert len(model.asked) == 1 and [tool.name for tool in model.asked[0].prompt.tools] == ["calculator"]
        await page.say(type="decide", message=done["message"], call="0.0", choice="once")
        await until(lambda: len(model.asked) == 2)
        done = await ended(page, model, "It is 42.")
    first, second = model.asked
    assert second.prompt.messages == (
        Said("user", "Reckon"),
        Said("assistant", (Reasoning("hm", "proof"), Text("Let me see."), SUM)),
        Said("user", (ToolResult("c1", "calculator", "42"),)),
    )
    assert first.operation_id != second.operation_id and (first.source, second.source) == ("chat", "tool")
    message = await stored(turn["articles"][-1]["id"])
    assert (message.text, message.reasoning, message.status) == ("Let me see.\n\nIt is 42.", "hm", "done")
    assert done["html"].index("Let me see") < done["html"].index("Calculator") < done["html"].index("It is 42")


async def test_a_denied_tool_is_not_run(model: Model, alice: User, bench: Bench) -> None:
    async with page_of(alice) as page:
        id = await asks(page, model, ToolCall("a", "slow", '{"name": "x"}'), tools="slow")
        await page.hear("done")
        await page.say(type="decide", message=id, call="0.0", choice="deny")
        assert "Denied" in (await ended(page, model))["html"]
    result = model.asked[1].prompt.messages[-1].parts[0]
    assert isinstance(result, ToolResult) and result.failed and "did not allow" in result.text and not bench.asked


async def test_always_is_for_this_chat_alone(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Reckon", tools=["calculator"])
        model.say(SUM)
        model.end()
        done = await page.hear("done")
        await page.say(type="decide", message=done["message"], call="0.0", choice="always")
        await until(lambda: len(model.asked) == 2)
        model.say(SUM)
        model.end()
        assert (await ended(page, model))["status"] == "done"  # the second time nobody was asked
        assert [state for state, _ in await calls_of(turn["articles"][-1]["id"])] == ["done", "done"]
        await asks(page, model, SUM)
        assert (await page.hear("done"))["status"] == "waiting"


async def test_a_smaller_choice_takes_permissions_back(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        turn = await page.send("Reckon", tools=["calculator", "current_time"])
        model.say(SUM)
        model.end()
        done = await page.hear("done")
        await page.say(type="decide", message=done["message"], call="0.0", choice="always")
        await ended(page, model)
        await page.send("Again", tools=["calculator"], conversation=turn["conversation"], parent=done["message"])
        model.say(SUM)
        model.end()
        assert (await page.hear("done"))["status"] == "waiting"


async def test_harmless_tools_run_unasked_where_that_is_wished(model: Model, alice: User) -> None:
    await Preference.objects.acreate(user=alice, harmless_unasked=True)
    async with page_of(alice) as page:
        id = await asks(page, model, SUM)
        assert (await ended(page, model))["status"] == "done"
    assert await calls_of(id) == [("done", "42")]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (ToolCall("a", "shell", "{}"), "no tool called 'shell'"),
        (ToolCall("a", "calculator", "[1"), "not a JSON object"),
        (ToolCall("a", "calculator", "[1]"), "not a JSON object"),
        (ToolCall("a", "calculator", "[" * 50_000), "not a JSON object"),
        (ToolCall("a", "calculator", "x" * 200_000), "too long"),
        (ToolCall("a", "current_time", "{}"), "no tool called"),  # not among those chosen
    ],
)
async def test_what_cannot_be_run_is_told_to_the_model(model: Model, alice: User, call: ToolCall, words: str) -> None:
    async with page_of(alice) as page:
        id = await asks(page, model, call)
        assert (await ended(page, model))["status"] == "done"
    [(state, result)] = await calls_of(id)
    assert state == "failed" and words in result


async def test_failures_are_told_and_faults_are_hidden(model: Model, alice: User, bench: Bench) -> None:
    await Preference.objects.acreate(user=alice, harmless_unasked=True)
    calls = (ToolCall("a", "broken", '{"a": 1}'), ToolCall("b", "broken", "{}"))
    async with page_of(alice) as page:
        id = await asks(page, model, *calls, tools="broken")
        await ended(page, model)
    assert await calls_of(id) == [("failed", "out of order"), ("failed", "Broken failed.")]


async def test_a_slow_tool_is_given_up(
    model: Model, alice: User, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PATIENCE", 0.01)
    await Preference.objects.acreate(user=alice, harmless_unasked=True)
    async with page_of(alice) as page:
        id = await asks(page, model, ToolCall("a", "slow", '{"name": "x"}'), tools="slow")
        await ended(page, model)
    [(state, result)] = await calls_of(id)
    assert state == "failed" and "no answer within" in result


async def test_parallel_calls_run_together_and_answer_in_order(model: Model, alice: User, bench: Bench) -> None:
    calls = [ToolCall(name, "slow", f'{{"name": "{name}"}}') for name in ("one", "two")]
    async with page_of(alice) as page:
        id = await asks(page, model, *calls, tools="slow")
        await page.hear("done")
        await page.say(type="decide", message=id, call="0.0", choice="once")
        assert "Allowed" in (await page.hear("shown"))["html"]
        assert not bench.asked, "the other one is still to be decided on"
        await page.say(type="decide", message=id, call="0.1", choice="once")
        await until(lambda: len(bench.answers) == 2)
        bench.answers["two"].set_result("2" * (running.LONGEST + 5))
        bench.answers["one"].set_result("1\0")
        await ended(page, model)
    results = [part for part in model.asked[1].prompt.messages[-1].parts if isinstance(part, ToolResult)]
    assert [(part.id, part.text[:2]) for part in results] == [("one", "1\ufffd"), ("two", "22")]
    assert results[1].text.endswith("[cut: 5 more characters]")


async def test_two_tabs_decide_once(model: Model, alice: User, bench: Bench) -> None:
    async with page_of(alice) as one, page_of(alice) as two:
        id = await asks(one, model, ToolCall("a", "slow", '{"name": "x"}'), tools="slow")
        chat = str((await stored(id)).conversation_id)
        await two.say(type="subscribe", conversation=chat)
        await one.hear("done")
        for page in (one, two):
            await page.say(type="decide", message=id, call="0.0", choice="once")
        await until(lambda: "x" in bench.answers)
        bench.answers["x"].set_result("X")
        model.say("So.")
        model.end()
        for page in (one, two):
            while (done := await page.hear("done"))["status"] == "waiting":  # which the second one may have heard too
                pass
            assert "So." in done["html"]
    assert bench.asked == ["x"] and len(model.asked) == 2


async def test_nobody_decides_for_another(model: Model, alice: User, bob: User) -> None:
    async with page_of(alice) as page, page_of(bob) as his:
        id = await asks(page, model, SUM)
        await page.hear("done")
        for frame in ({"type": "decide", "call": "0.0", "choice": "once"}, {"type": "stop"}):
            await his.say(message=id, **frame)
            assert (await his.hear("problem"))["error"] == "not_found"
    assert (await stored(id)).status == "waiting"


async def test_what_waits_is_still_there_after_a_restart(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        id = await asks(page, model, SUM)
        await page.hear("done")
    await JOBS.stop()
    await JOBS.start()
    async with page_of(alice) as page:
        await page.say(type="subscribe", conversation=(await stored(id)).conversation_id, have=[])
        assert "Allow once" in (await page.hear("branch"))["articles"][-1]["html"]
        await page.say(type="decide", message=id, call="0.0", choice="once")
        assert "So it is." in (await ended(page, model))["html"]
    assert await calls_of(id) == [("done", "42")]


async def test_a_call_that_a_crash_broke_off_is_told_as_that(model: Model, alice: User, bench: Bench) -> None:
    await Preference.objects.acreate(user=alice, harmless_unasked=True)
    async with page_of(alice) as page:
        id = await asks(page, model, ToolCall("a", "slow", '{"name": "x"}'), tools="slow")
        await until(lambda: "x" in bench.answers)
        assert await calls_of(id) == [("running", "")], "it is saved before it is run"
        await page.say(type="stop", message=id)
        await page.hear("done")
        answer = await stored(id)
        answer.rounds[0]["said"][0]["state"], answer.status, answer.boot_id = "running", "streaming", None
        await answer.asave()  # as SIGKILL leaves it
        assert await database_sync_to_async(recovery.recover)() == 1
        await page.say(type="subscribe", conversation=answer.conversation_id, have=[])
        html = (await page.hear("branch"))["articles"][-1]["html"]
        assert "Broken off" in html and "Interrupted" in html
        await page.send("And now?", conversation=answer.conversation_id, parent=id)
        await until(lambda: len(model.asked) == 2)
        model.end()
        await page.hear("done")
    result, question = model.asked[1].prompt.messages[-1].parts
    assert isinstance(result, ToolResult) and result.failed and "broken off" in result.text
    assert question == Text("And now?")


async def test_stop_ends_a_tool_that_runs_and_an_answer_that_waits(model: Model, alice: User, bench: Bench) -> None:
    async with page_of(alice) as page:
        id = await asks(page, model, ToolCall("a", "slow", '{"name": "x"}'), tools="slow")
        await page.hear("done")
        other = await page.say(type="send", client_id=id, text="More", slug="practice", model="practice")
        chat = (await stored(id)).conversation_id
        await page.hear("turn")
        model.end()
        await page.hear("done")
        await page.say(
            type="send", client_id=chat, text="More", slug="practice", model="practice", conversation=chat, parent=id
        )
        assert "waits for your approval" in (await page.hear("problem"))["message"] and other is None
        await page.say(type="decide", message=id, call="0.0", choice="once")
        await until(lambda: "x" in bench.answers)
        await page.say(type="stop", message=id)
        await until(lambda: bench.answers["x"].cancelled())
    await until(lambda: not JOBS.busy())
    assert (await stored(id)).status == "stopped" and await calls_of(id) == [("running", "")]


async def test_a_waiting_answer_can_be_stopped(model: Model, alice: User) -> None:
    async with page_of(alice) as page:
        id = await asks(page, model, SUM)
        await page.hear("done")
        await page.say(type="stop", message=id)
        done = await page.hear("done")
        assert done["status"] == "stopped" and "Not run" in done["html"] and "Stopped by you" in done["html"]
        await page.say(type="decide", message=id, call="0.0", choice="once")
        assert (await page.hear("shown"))["status"] == "stopped"
    assert len(model.asked) == 1


async def test_rounds_come_to_an_end(model: Model, alice: User, settings: Any) -> None:
    settings.TOOL_ROUNDS = 2
    await Preference.objects.acreate(user=alice, harmless_unasked=True)
    async with page_of(alice) as page:
        id = await asks(page, model, SUM)
        for _ in range(2):
            model.say(SUM)
            model.end()
        done = await page.hear("done")
    assert done["status"] == "error" and "did not stop calling tools" in done["html"]
    assert [state for state, _ in await calls_of(id)] == ["done", "done", "stopped"] and len(model.asked) == 3


async def test_a_model_of_another_kind_gets_no_signatures(model: Model, alice: User) -> None:
    await Preference.objects.acreate(user=alice, harmless_unasked=True)
    async with page_of(alice) as page:
        turn = await page.send("Reckon", tools=["calculator"])
        model.say(Reasoning("hm", "proof"), SUM)
        model.end()
        await ended(page, model)
        await page.say(type="regenerate", message=turn["articles"][-1]["id"])  # stands beside, not below
        await until(lambda: len(model.asked) == 3)
        await ended(page, model)
        last = await Message.objects.filter(role="assistant").order_by("id").afirst()
        assert last is not None
        await page.send("And?", conversation=turn["conversation"], parent=last.id, model="practice-slow")
        await until(lambda: len(model.asked) == 4)
        await ended(page, model)
    assert model.asked[2].prompt.messages == (Said("user", "Reckon"),)
    call = ToolCall(SUM.id, SUM.name, SUM.arguments)
    assert model.asked[3].prompt.messages[1] == Said("assistant", (call,))


async def test_an_alias_may_lead_to_a_model_of_another_kind(model: Model, alice: User) -> None:
    await Preference.objects.acreate(user=alice, harmless_unasked=True)
    alias = {"slug": "@", "model": "fast"}
    async with page_of(alice) as page:
        turn = await page.send("Reckon", tools=["calculator"], **alias)
        model.say(Reasoning("hm", "proof"), SUM)
        model.end()
        await ended(page, model)
        await page.send("And?", conversation=turn["conversation"], **alias)
        await until(lambda: len(model.asked) == 3)
        await ended(page, model)
    assert Reasoning("hm", "proof") in model.asked[1].prompt.messages[1].parts, "within an answer it is the same one"
    assert model.asked[2].prompt.messages[1].parts == (ToolCall(SUM.id, SUM.name, SUM.arguments),)


def test_without_tools_words_and_pictures_stay() -> None:
    picture = Image(b"png")
    said = (
        Said("user", (Text("Look"), picture)),
        Said("assistant", (Reasoning("hm", "proof"), Text("Let me see."), SUM)),
        Said("user", (ToolResult("c1", "calculator", "42"),)),
        Said("assistant", "It is 42."),
        Said("user", "And?"),
    )
    prompt = without_tools(Prompt("m", said, tools=(Tool("calculator"),)))
    assert prompt.tools == () and prompt.messages == (
        Said("user", (Text("Look"), picture)),
        Said("assistant", "Let me see.\n\nIt is 42."),
        Said("user", "And?"),
    )
