"""A user adds MCP servers, chooses among their tools and removes them; the header is sealed, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import AsyncClient

from tests.mcp_server import McpServer
from thinkback.accounts.models import User
from thinkback.tools import kits, servers
from thinkback.tools.models import Server
from thinkback.tools.offered import ToolFailed
from thinkback.vault.models import SealedKey

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "canary-0123456789"


async def signed_in(user: User) -> AsyncClient:
    client = AsyncClient()
    await client.aforce_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


async def added(client: AsyncClient, url: str, **more: str) -> Server:
    data = {"name": "My tools", "url": url, "secret": CANARY, **more}
    answer = await client.post("/settings/tools/servers/new", data)
    assert answer.status_code == 302, answer.content
    return await Server.objects.alatest("pk")


async def page(client: AsyncClient, server: Server) -> str:
    return (await client.get(f"/settings/tools/servers/{server.pk}")).content.decode()


async def test_a_server_is_added_and_its_tools_are_offered(mcp: McpServer, alice: User) -> None:
    client = await signed_in(alice)
    server = await added(client, mcp.url)
    html = await page(client, server)
    assert "Find" in html and "get weather" in html and "ending in <code>6789</code>" in html and CANARY not in html
    assert mcp.heard[0][1]["authorization"] == f"Bearer {CANARY}"
    kit = await kits.kit_of(alice.pk, [server.key])
    find, weather = kit.offered.values()
    assert (find.name, find.label, find.origin) == ("my-tools__find", "Find", "My tools") and not kit.unasked
    assert weather.name.startswith("my-tools__get_weather_")
    assert await find.run({"a": 1}) == "found"
    assert mcp.said("tools/call")[0]["params"] == {"name": "find", "arguments": {"a": 1}}
    assert [choice.key for choice in await kits_choices(alice)][-1] == server.key


async def kits_choices(user: User) -> list[kits.Choice]:
    return await kits.database_sync_to_async(kits.choices)(user.pk)


async def test_tools_can_be_left_out(mcp: McpServer, alice: User) -> None:
    client = await signed_in(alice)
    server = await added(client, mcp.url)
    await client.post(f"/settings/tools/servers/{server.pk}/tools", {"tool": ["get weather"]})
    assert [one.label for one in (await kits.kit_of(alice.pk, [server.key])).offered.values()] == ["get weather"]
    await client.post(f"/settings/tools/servers/{server.pk}/refresh")
    assert (await Server.objects.aget(pk=server.pk)).disabled == ["find"], "a new list changes nothing of the choice"


async def test_a_server_is_ones_own(mcp: McpServer, alice: User, bob: User) -> None:
    server = await added(await signed_in(alice), mcp.url)
    his = await signed_in(bob)
    for path in ("", "/remove"):
        assert (await his.get(f"/settings/tools/servers/{server.pk}{path}")).status_code == 404
    for path in ("", "/refresh", "/tools", "/remove"):
        assert (await his.post(f"/settings/tools/servers/{server.pk}{path}", {"name": "x"})).status_code == 404
    assert not (await kits.kit_of(bob.pk, [server.key])).offered


async def test_a_header_has_its_own_name_and_goes_with_the_host(mcp: McpServer, alice: User, settings: Any) -> None:
    client = await signed_in(alice)
    server = await added(client, mcp.url, header="X-Key")
    assert mcp.heard[0][1]["x-key"] == CANARY and "authorization" not in mcp.heard[0][1]
    path = f"/settings/tools/servers/{server.pk}"
    kept = {"name": "My tools", "url": mcp.url, "header": "X-Key", "secret": ""}
    await client.post(path, kept)
    assert await SealedKey.objects.acount() == 1
    await client.post(path, {**kept, "forget": "on"})
    assert await SealedKey.objects.acount() == 0
    await client.post(path, {**kept, "secret": CANARY})
    await client.post(path, {**kept, "url": "https://mcp.invalid/mcp"})
    assert await SealedKey.objects.acount() == 0
    moved = await Server.objects.aget(pk=server.pk)
    assert not moved.tools and "mcp.invalid" in moved.last_error


async def test_a_permission_is_for_one_server_at_one_place(mcp: McpServer, alice: User) -> None:
    client = await signed_in(alice)
    server = await added(client, mcp.url)
    allowed = [(await kits.kit_of(alice.pk, [server.key])).offered["my-tools__find"].grant]
    assert (await kits.kit_of(alice.pk, [server.key], allowed)).unasked == {"my-tools__find"}
    await Server.objects.filter(pk=server.pk).aupdate(url="https://mcp.invalid/mcp")
    assert not (await kits.kit_of(alice.pk, [server.key], allowed)).unasked
    await client.post(f"/settings/tools/servers/{server.pk}/remove")
    other = await added(client, mcp.url)
    kit = await kits.kit_of(alice.pk, [other.key], allowed)
    assert "my-tools__find" in kit.offered and not kit.unasked


async def test_removing_removes_the_header_too(mcp: McpServer, alice: User) -> None:
    client = await signed_in(alice)
    server = await added(client, mcp.url)
    assert "Remove this server?" in (await client.get(f"/settings/tools/servers/{server.pk}/remove")).content.decode()
    await client.post(f"/settings/tools/servers/{server.pk}/remove")
    assert await Server.objects.acount() == 0 and await SealedKey.objects.acount() == 0
    assert mcp.heard[-1][0] == "DELETE"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "http://127.0.0.1:9/mcp"}, "THINKBACK_PRIVATE_UPSTREAMS"),
        ({"url": "https://169.254.169.254/mcp"}, "private or reserved"),
        ({"url": "ftp://example.org"}, "begins with https"),
        ({"url": ""}, "begins with https"),
        ({"name": " "}, "A name has"),
        ({"header": "Host"}, "cannot be the name"),
        ({"header": "a b"}, "cannot be the name"),
        ({"secret": "a\nb"}, "one line"),
    ],
)
async def test_what_is_wrong_is_said_at_the_field(alice: User, given: dict[str, str], words: str) -> None:
    data = {"name": "Mine", "url": "https://mcp.example.com/mcp", **given}
    answer = await (await signed_in(alice)).post("/settings/tools/servers/new", data)
    assert answer.status_code == 400 and words in answer.content.decode()
    assert await Server.objects.acount() == 0


async def test_a_server_that_fails_says_why(mcp: McpServer, alice: User) -> None:
    client = await signed_in(alice)
    mcp.instead = (401, {}, b"")
    server = await added(client, mcp.url)
    assert "refused the header" in await page(client, server)


async def test_a_header_that_comes_back_is_masked(mcp: McpServer, alice: User) -> None:
    server = await added(await signed_in(alice), mcp.url)
    find = (await kits.kit_of(alice.pk, [server.key])).offered["my-tools__find"]
    mcp.act = lambda params: {"content": [{"type": "text", "text": f"you sent Bearer {CANARY}"}]}
    assert await find.run({}) == f"you sent {servers.MARK}"
    mcp.act = lambda params: {"error": {"message": f"bad token {CANARY}"}}
    with pytest.raises(ToolFailed, match=f"bad token {servers.MARK}"):
        await find.run({})


def test_names_fit_every_provider_and_differ() -> None:
    names = ["find", "find it", "find_it", "find.it", "f" * 100, "f" * 101]
    offered = [servers.offered_name("s" * 20, name) for name in names]
    assert len(set(offered)) == len(names) and all(len(name) <= 64 for name in offered)
