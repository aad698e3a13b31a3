"""An agent as the model of a chat: it answers, goes on, is stopped, and leaves nothing behind."""

from __future__ import annotations

import json
import os
from pathlib import Path
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from providers import Image, InvalidRequest, Message, Prompt, RateLimited, Text
from proxy.call import new_id
from tests.thinkback.agents.conftest import Chat, TurnOn, add_agent
from tests.thinkback.chat.conftest import page_of, until
from thinkback.accounts.identity import caller_of
from thinkback.accounts.models import ApiToken, User
from thinkback.agents import marks, sandbox, sessions
from thinkback.agents.models import Session
from thinkback.agents.turns import UNDER_WAY
from thinkback.chat.asking import Question, ask
from thinkback.host import SITE
from thinkback.usage.ledger import LEDGER
from thinkback.usage.models import Attempt

pytestmark = pytest.mark.django_db(transaction=True)
confined = pytest.mark.skipif(sandbox.version() < 1, reason="this kernel has no Landlock")


def is_there(pid: int) -> bool:
    """Whether a process lives; one that nobody has waited for yet does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


async def test_it_answers_and_remembers(chat: Chat) -> None:
    first = await chat.say("--help me")
    second = await chat.say("again")
    assert (first.status, first.text) == ("done", "--help me")
    assert second.text == "again (after 1)"
    session = await chat.session()
    assert (session.state, session.answers, session.reported_pico) == ("active", 2, 25_000_000_000)
    assert "reckons $0.01 for 1 step" in second.reasoning
    rows = [row async for row in Attempt.objects.filter(slug="claudecode")]
    assert {(row.status, row.cost_pico) for row in rows} == {("ok", 0)}  # its own calls are what costs


async def test_its_environment_holds_nothing_of_the_server(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    monkeypatch.setenv("THINKBACK_SECRET_KEY", "canary")
    found = json.loads((await chat.say("env")).text)
    assert "canary" not in json.dumps(found)
    assert Path(found["HOME"]).is_relative_to(settings.DATA / "agents")
    assert found["ANTHROPIC_AUTH_TOKEN"].startswith("tb_")
    assert not {"OPENAI_API_KEY", "THINKBACK_SECRET_KEY", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV"} & found.keys()
    assert not await ApiToken.objects.aexists()  # it was good for this answer


@confined
async def test_it_reads_its_directory_and_no_secrets(chat: Chat, work: Path) -> None:
    (settings.DATA / "secrets").mkdir()
    (settings.DATA / "secrets" / "master_keys").write_text("canary")
    (work / "one" / "note").write_text("hello")
    (work / "two" / "note").write_text("hello")
    assert (await chat.say(f"read {work}/one/note")).text == "read"
    assert (await chat.say(f"read {work}/two/note")).text.startswith("PermissionError")
    assert (await chat.say(f"read {settings.DATA}/secrets/master_keys")).text.startswith("PermissionError")
    assert (await chat.say(f"read /proc/{os.getpid()}/environ")).text.startswith("PermissionError")


async def test_stopping_ends_all_that_it_started(chat: Chat) -> None:
    answer = await chat.begin("child")
    child = await chat.hears(r"child (\d+)\.")
    pids = {pid for pid, _ in marks.marked(marks.installation())}
    assert is_there(child) and len(pids) == 2  # the launcher and the agent
    await chat.page.say(type="stop", message=answer)
    await chat.page.hear("done")
    await until(lambda: not UNDER_WAY)
    assert not any(map(is_there, {child, *pids}))
    assert (await chat.session()).boot_id is None
    assert (await chat.say("later")).text.startswith("later")


async def test_a_failure_names_agent_and_session(chat: Chat) -> None:
    crashed = await chat.say("crash")
    assert crashed.error["type"] == "server_error"
    assert crashed.error["message"] == "Claude Code: it broke"
    refused = await chat.say("fail 401")
    assert refused.error["type"] == "auth_failed"
    assert await Attempt.objects.filter(slug="claudecode").acount() == 2  # nobody tries an agent again by himself


async def test_a_picture_is_refused_by_name(chat: Chat) -> None:
    prompt = Prompt("default", (Message("user", (Text("Look"), Image(b"png", "image/png"))),))
    caller = await sync_to_async(caller_of)(chat.user)
    with pytest.raises(InvalidRequest, match="Claude Code takes words alone"):
        async for _ in ask(Question(caller, "claudecode", prompt, new_id(), new_id()), SITE):
            pass
    assert not await Session.objects.aexists()


async def test_another_branch_is_told_what_was_said(chat: Chat) -> None:
    first = await chat.say("one")
    await chat.say("two")
    page = chat.page
    await page.send("three", slug="claudecode", model="default", conversation=chat.id, parent=first.id)
    said = (await page.hear("done"))["html"]
    assert "User: one" in said and "Assistant: one" in said and "three" in said and "two" not in said


async def test_it_is_suspended_resumed_and_moved(chat: Chat, work: Path) -> None:
    await chat.begin("wait")
    await chat.page.hear("done")
    await chat.begin("child")
    await chat.hears(r"child (\d+)\.")
    await sync_to_async(sessions.suspend)(await chat.session(), chat.user)
    await chat.page.hear("done")
    assert (await chat.session()).state == "suspended"
    await sync_to_async(sessions.resume)(await chat.session(), chat.user)
    await sync_to_async(sessions.move)(await chat.session(), chat.user, str(work / "two"))
    moved = await chat.say("env")
    assert moved.status == "done" and "User: wait" in moved.text
    assert (await chat.session()).directory == str(work / "two")


async def test_there_are_only_so_many(chat: Chat, bob: User, work: Path, turn_on: TurnOn) -> None:
    turn_on(sessions_each=1, everyone=True)
    await chat.say("one")
    async with page_of(chat.user) as page:
        second = Chat(chat.user, page)
        refused = await second.say("two")
        assert refused.error["type"] == "rate_limit" and "active sessions" in refused.error["message"]
        await sync_to_async(sessions.suspend)(await chat.session(), chat.user)
        assert (await second.say("three")).status == "done"
    turn_on(sessions=1, everyone=True)
    await sync_to_async(add_agent)(bob, work / "one")
    async with page_of(bob) as page:
        refused = await Chat(bob, page).say("mine")
        assert "this site allows" in refused.error["message"]


async def test_members_are_refused_unless_it_is_for_everyone(chat: Chat, bob: User, work: Path) -> None:
    await sync_to_async(add_agent)(bob, work / "one")
    async with page_of(bob) as page:
        refused = await Chat(bob, page).say("hello")
    assert refused.error["type"] == "auth_failed" and "administrators" in refused.error["message"]
    assert not await Session.objects.aexists()


async def test_a_directory_that_became_a_link_is_refused(chat: Chat, work: Path, tmp_path: Path) -> None:
    await chat.say("one")
    (work / "one").rmdir()
    (work / "one").symlink_to(tmp_path)
    refused = await chat.say("two")
    assert refused.error["type"] == "invalid_request" and "no directory" in refused.error["message"]


async def test_a_program_that_was_replaced_is_not_started(chat: Chat) -> None:
    await chat.say("one")
    settings.AGENTS.programs["claudecode"].chmod(0o777)
    refused = await chat.say("two")
    assert "can be changed by other users" in refused.error["message"]
    assert (await chat.session()).boot_id is None


async def test_nobody_takes_a_session_twice(chat: Chat) -> None:
    await chat.begin("child")
    await chat.hears(r"child (\d+)\.")
    ((id, answer),) = UNDER_WAY.items()
    for boot in (UUID(int=1), LEDGER.boot_id):  # another process, and this one
        with pytest.raises(RateLimited, match="answering already"):
            await sync_to_async(sessions.take)(answer.asked, "claudecode", "/", boot, (id,))


async def test_a_session_that_was_not_given_back_is_free_again(chat: Chat) -> None:
    await chat.say("one")
    await Session.objects.aupdate(boot_id=LEDGER.boot_id)
    assert (await chat.say("two")).text == "two (after 1)"
