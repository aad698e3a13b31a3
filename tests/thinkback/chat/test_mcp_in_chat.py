"""A tool of an MCP server in a chat: approved by its name and server, run there, its answer given to the model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from providers import ToolCall, ToolResult
from tests.mcp_server import McpServer, as_events
from tests.thinkback.chat.conftest import Model, page_of
from thinkback.accounts.models import User
from thinkback.tools import servers
from thinkback.tools.mcp.sessions import SESSIONS
from thinkback.tools.models import Server


@pytest.fixture
async def mcp(settings: Any) -> AsyncIterator[McpServer]:
    """Opened before the site's network is."""
    server = McpServer()
    server.wrap = as_events
    await server.start()
    settings.PRIVATE_UPSTREAMS = frozenset({server.place})
    yield server
    await server.stop()


async def test_it_goes_round(mcp: McpServer, running: None, model: Model, alice: User) -> None:
    server = await Server.objects.acreate(user=alice, slug="mine", name="Mine", url=mcp.url)
    assert not await servers.refresh(server)
    mcp.act = lambda params: {"content": [{"type": "text", "text": f"found {params['arguments']['what']}"}]}
    async with page_of(alice) as page:
        await page.send("Find it", tools=[server.key])
        model.say(ToolCall("a", "mine__find", '{"what": "gold"}'))
        model.end()
        done = await page.hear("done")
        assert "Find" in done["html"] and "Mine" in done["html"] and not mcp.said("tools/call")
        await page.say(type="decide", message=done["message"], call="0.0", choice="once")
        model.say("There is gold.")
        model.end()
        assert "There is gold." in (await page.hear("done"))["html"]
    assert {tool.name for tool in model.asked[0].prompt.tools} > {"mine__find"}
    assert model.asked[1].prompt.messages[-1].parts == (ToolResult("a", "mine__find", "found gold"),)
    await SESSIONS.forget(server.pk)
