"""Agents under the real server: their calls go through its proxy, and a SIGKILL leaves nothing running."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from tests.conftest import PASSWORD
from tests.thinkback.agents.conftest import program_at
from tests.thinkback.agents.test_turns import is_there
from tests.world import CANARY, World, small_world
from thinkback.agents import sandbox

PATIENCE = 60.0  # seconds; the real agents take their time
REAL = {"claudecode": "claude", "opencode": "opencode"}
QUICK, LONG = "plan:chunks=5,gap=1,size=6", "plan:chunks=5000,gap=20,size=6"
THROUGH = {"claudecode": "anthropic", "opencode": "openai"}


class Talk:
    """Alice's chat page, as its script speaks with the server."""

    def __init__(self, world: World, kind: str, socket: ClientConnection, conversation: str | None) -> None:
        self.world, self.kind, self.socket, self.conversation = world, kind, socket, conversation

    async def begin(self, words: str, model: str = QUICK) -> None:
        message = {"type": "send", "client_id": str(uuid.uuid4()), "text": words, "slug": self.kind}
        more = {"model": model, "conversation": self.conversation}
        if self.conversation is not None:
            await self.socket.send(json.dumps({"type": "subscribe", "conversation": self.conversation}))
        await self.socket.send(json.dumps({**message, **more}))
        self.conversation = (await self.hear("turn"))["conversation"]

    async def hear(self, type: str) -> Any:
        async with asyncio.timeout(PATIENCE):
            while (frame := json.loads(await self.socket.recv()))["type"] != type:
                assert frame["type"] != "problem", frame
        return frame

    async def say(self, words: str) -> str:
        await self.begin(words)
        done = await self.hear("done")
        assert done["status"] == "done", done["html"]
        return str(done["html"])


@asynccontextmanager
async def talking(world: World, kind: str, conversation: str | None = None) -> AsyncIterator[Talk]:
    address = world.url.replace("http", "ws", 1) + "/ws/chat"
    async with connect(address, additional_headers={"Cookie": cookie_of(world)}, origin=Origin(world.url)) as socket:
        yield Talk(world, kind, socket, conversation)


def cookie_of(world: World) -> str:
    """Alice's, signed in anew."""
    with httpx.Client(base_url=world.url, headers={"Origin": world.url}) as browser:
        page = browser.get("/accounts/login/").text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        form = {"login": "alice", "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
        assert browser.post("/accounts/login/", data=form).status_code == 302
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


@contextmanager
def agents_at(folder: Path, kind: str, program: Path) -> Iterator[World]:
    """A server with an agent that may work in one directory, and the provider that it calls its models through."""
    work = folder / "work"
    work.mkdir()
    confined = "" if sandbox.version() >= sandbox.NETWORK else ",sandbox=off,network=on"
    with small_world(folder / "data", THINKBACK_AGENTS=f"{kind}={program},directories={work}{confined}") as world:
        world.add(THROUGH[kind])
        settings = {"kind": kind, "directory": str(work), "provider": THROUGH[kind], "default_model": QUICK}
        world.api("POST", "/api/providers", settings)
        yield world


def started(mark: str) -> set[int]:
    """The processes whose environment says that they belong to an agent whose home is in this folder."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            environment = (place / "environ").read_bytes()
            if b"THINKBACK_AGENT=" in environment and mark.encode() in environment:
                found.add(int(place.name))
    return found


def called(world: World) -> None:
    """Returns when the agent's own call of a model is under way."""
    end = time.monotonic() + PATIENCE
    while not world.stats()["active"]:
        assert time.monotonic() < end
        time.sleep(0.05)


def gone(pids: set[int]) -> None:
    """Returns when none of these processes is there: the launcher gives the agent a moment to end by itself."""
    end = time.monotonic() + PATIENCE
    while any(map(is_there, pids)):
        assert time.monotonic() < end
        time.sleep(0.05)


async def killed_and_resumed(world: World, kind: str, words: str, model: str) -> str:
    """An answer in whose midst the server is killed; then its session, by the page, and the next answer as HTML."""
    async with talking(world, kind) as talk:
        await talk.say("first")
        await talk.begin(words, model)
        if model == LONG:  # OpenCode tells a text when it is whole
            await asyncio.to_thread(called, world)
            child = 0
        else:
            child = int((await talk.hear("block"))["html"].partition("child ")[2].partition(".")[0])
            assert is_there(child)
    agents = started(str(world.server.data))
    assert agents
    await asyncio.to_thread(world.server.kill)
    await asyncio.to_thread(world.server.start)
    await asyncio.to_thread(gone, agents | {child})
    assert not started(str(world.server.data))
    page = httpx.get(f"{world.url}/settings/agents", headers={"Cookie": cookie_of(world)}).text
    assert "The server was restarted" in page
    assert [token["name"] for token in world.api("GET", "/api/tokens")["results"]] == ["tests"]
    async with talking(world, kind, talk.conversation) as talk:
        return await talk.say("and now")


@pytest.mark.slow
def test_a_killed_server_leaves_no_agent(tmp_path: Path) -> None:
    with agents_at(tmp_path, "claudecode", program_at(tmp_path / "bin" / "claude")) as world:
        html = asyncio.run(killed_and_resumed(world, "claudecode", "child", QUICK))
        assert "and now (after 2)" in html

        async def call() -> str:
            async with talking(world, "claudecode") as talk:
                return await talk.say("call")

        assert "200" in asyncio.run(call())
        booked = [row for row in world.records() if row["provider"] == "anthropic"]
        assert [(row["status"], row["source"]) for row in booked] == [("ok", "proxy")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", REAL)
def test_the_real_one(tmp_path: Path, kind: str) -> None:
    program = shutil.which(REAL[kind])
    if program is None:
        pytest.skip(f"no {REAL[kind]} on the path")
    with agents_at(tmp_path, kind, Path(program)) as world:
        asyncio.run(killed_and_resumed(world, kind, "-p second", LONG))
        last = [row for row in world.records() if row["source"] == "proxy"][0]
        assert last["provider"] == THROUGH[kind] and last["status"] == "ok"
        found = [path for path in (tmp_path / "data" / "agents").rglob("*") if path.is_file()]
        assert not [path for path in found if CANARY.encode() in path.read_bytes()]
