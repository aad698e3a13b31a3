"""What is said to MCP servers, in every form that they may answer in; and that a wrong answer ends in words."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from providers import HostRefused, NetworkFailed
from tests.mcp_server import Answer, McpServer, as_events, as_json
from thinkback.host import SITE
from thinkback.tools.mcp.listing import list_tools
from thinkback.tools.mcp.session import TOLD, Endpoint, Session
from thinkback.tools.mcp.sessions import SESSIONS
from thinkback.tools.offered import ToolFailed

KEY = {"Authorization": "Bearer canary"}


def endpoint(mcp: McpServer) -> Endpoint:
    return Endpoint(mcp.url, KEY)


async def opened(mcp: McpServer) -> Session:
    session = Session(endpoint(mcp), SITE.outside())
    await session.open()
    return session


async def call(mcp: McpServer, name: str = "find", **arguments: Any) -> str:
    return await SESSIONS.call(1, endpoint(mcp), name, arguments)


@pytest.mark.parametrize("wrap", [as_json, as_events], ids=["json", "events"])
async def test_a_session_from_beginning_to_end(mcp: McpServer, wrap: Any) -> None:
    mcp.wrap = wrap
    mcp.act = lambda params: {"content": [{"type": "text", "text": f"{params['name']} {params['arguments']}"}]}
    session = await opened(mcp)
    assert session.server == "Fake"
    tools = await list_tools(session)
    assert [(tool.name, tool.title) for tool in tools] == [("find", "Find"), ("get weather", "")]
    assert await call(mcp, "find", a="ü") == "find {'a': 'ü'}"
    await session.close()
    assert mcp.heard[-1][0] == "DELETE"
    verb, first, body = mcp.heard[0]
    assert verb == "POST" and body["params"]["protocolVersion"] == "2025-06-18"
    assert first["accept"] == "application/json, text/event-stream" and "mcp-session-id" not in first
    later = [headers for verb, headers, body in mcp.heard[1:] if body.get("method", "initialize") != "initialize"]
    assert all(headers["mcp-session-id"].startswith("s") for headers in later)
    assert {headers["mcp-protocol-version"] for headers in later} == {"2025-06-18"}
    assert {headers["authorization"] for _, headers, _ in mcp.heard} == {"Bearer canary"}
    assert [body["params"] for body in mcp.said("tools/list")] == [{}, {"cursor": "1"}]
    replies = [body for _, _, body in mcp.heard if "method" not in body and body]
    assert not replies if wrap is as_json else {"jsonrpc": "2.0", "id": "mine", "result": {}} in replies
    assert all("error" in body for body in replies if body["id"] == 99)


async def test_a_session_is_kept_and_made_anew_when_forgotten(mcp: McpServer) -> None:
    await call(mcp)
    await call(mcp)
    assert len(mcp.said("initialize")) == 1
    mcp.sessions.clear()  # as after a restart
    assert await call(mcp) == "found"
    assert len(mcp.said("initialize")) == 2 and len(mcp.said("tools/call")) == 4


async def test_a_cancelled_call_is_told(mcp: McpServer) -> None:
    await call(mcp)
    mcp.hold.clear()
    task = asyncio.create_task(call(mcp))
    while len(mcp.said("tools/call")) < 2:
        await asyncio.sleep(0.002)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.gather(*TOLD)
    assert mcp.said("notifications/cancelled")[0]["params"] == {"requestId": mcp.said("tools/call")[1]["id"]}
    mcp.hold.set()


@pytest.mark.parametrize(
    ("acted", "words"),
    [
        ({"content": [{"type": "text", "text": "no luck"}], "isError": True}, "no luck"),
        ({"content": [], "isError": True}, "did not say why"),
        ({"error": {"code": -32602, "message": "Unknown tool"}}, "Unknown tool"),
        ({"error": {}}, "answered with an error"),
    ],
)
async def test_failures_have_the_servers_words(mcp: McpServer, acted: dict[str, Any], words: str) -> None:
    mcp.act = lambda params: acted
    with pytest.raises(ToolFailed, match=words):
        await call(mcp)


async def test_every_kind_of_content_becomes_text(mcp: McpServer) -> None:
    parts = [
        {"type": "text", "text": "words"},
        {"type": "image", "data": "aGk=", "mimeType": "image/png"},
        {"type": "resource", "resource": {"uri": "file:///a", "text": "inside"}},
        {"type": "resource", "resource": {"uri": "file:///b", "blob": "aGk="}},
        {"type": "resource_link", "uri": "https://example.org", "name": "link"},
        {"type": "new"},
        "nonsense",
    ]
    mcp.act = lambda params: {"content": parts}
    text = await call(mcp)
    assert text.split("\n\n") == [
        "words", "[image, image/png: it cannot be shown here]", "inside", "[a file: file:///b]",
        "[link: https://example.org]",
    ]  # fmt: skip
    mcp.act = lambda params: {"content": [], "structuredContent": {"a": "ü"}}
    assert await call(mcp) == '{"a": "ü"}'


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, {}, b"canary"), "refused the header"),
        ((404, {}, b""), "no MCP server over Streamable HTTP"),
        ((307, {"Location": "https://elsewhere.example/"}, b""), "sends us elsewhere"),
        ((500, {}, b""), "HTTP 500"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), "not answer like an MCP server"),
        ((200, {"Content-Type": "application/json"}, b"{"), "not answer in JSON"),
        ((200, {"Content-Type": "application/json"}, b"[" * 100_000), "not answer in JSON"),
        ((200, {"Content-Type": "application/json"}, b"[1]"), "not answer in JSON-RPC"),
        ((200, {"Content-Type": "application/json"}, b'{"id": 1}'), "no result"),
        ((200, {"Content-Type": "application/json"}, b'{"id": 7, "result": {}}'), "ended before it answered"),
        ((200, {"Content-Type": "text/event-stream"}, b"data: {}\n"), "ended before it answered"),
        ((200, {"Content-Type": "application/json"}, b'{"id":1,"result":{"protocolVersion":"1"}}'), "another protocol"),
        ((200, {"Content-Type": "application/json"}, b" " * 9_000_000), "too large"),
    ],
)
async def test_what_is_no_mcp_server_is_told(mcp: McpServer, answer: Answer, words: str) -> None:
    mcp.instead = answer
    with pytest.raises(ToolFailed, match=words):
        await opened(mcp)


async def test_lists_are_bounded(mcp: McpServer) -> None:
    odd = [
        7, {"name": ""}, {"name": 5}, {"name": "a" * 200}, {"name": "a\nb"},
        {"name": "big", "inputSchema": {"type": "object", "description": "x" * 60_000}},
        {"name": "odd", "inputSchema": [1]},
    ]  # fmt: skip
    mcp.pages = [odd, *[[{"name": f"t{n}-{m}"} for m in range(100)] for n in range(60)]]
    tools = await list_tools(await opened(mcp))
    assert len(tools) == 200 and tools[0].name == "odd" and tools[0].parameters["type"] == "object"


async def test_addresses_are_guarded(mcp: McpServer, settings: Any) -> None:
    with pytest.raises(HostRefused):
        await Session(Endpoint("http://127.0.0.1:9/mcp"), SITE.outside()).open()
    with pytest.raises(HostRefused):
        await Session(Endpoint("https://169.254.169.254/mcp"), SITE.outside()).open()
    await mcp.stop()
    with pytest.raises(NetworkFailed):
        await opened(mcp)
