"""X-Forwarded-* counts only from a proxy that the administrator trusts."""

from __future__ import annotations

from typing import Any

import pytest

from thinkback.addresses import networks
from thinkback.serving.forwarded import Forwarded


async def seen(client: str, headers: dict[str, str], kind: str = "http") -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        found.update(scope)

    pairs = [(name.encode(), value.encode()) for name, value in {"host": "inside", **headers}.items()]
    scope = {"type": kind, "scheme": "http", "client": [client, 1], "headers": pairs}
    await Forwarded(application, networks("10.0.0.0/8"))(scope, None, None)
    return found


async def test_a_stranger_is_not_believed() -> None:
    scope = await seen("203.0.113.9", {"x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https"})
    assert (scope["client"][0], scope["scheme"]) == ("203.0.113.9", "http")


async def test_a_proxy_is() -> None:
    headers = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-host": "chat.example"}
    scope = await seen("10.0.0.1", headers)
    assert (scope["client"][0], scope["scheme"]) == ("203.0.113.9", "https")
    assert (b"host", b"chat.example") in scope["headers"]
    assert (b"host", b"inside") not in scope["headers"]


async def test_only_the_last_foreign_address_counts() -> None:
    scope = await seen("10.0.0.1", {"x-forwarded-for": "127.0.0.1, 203.0.113.9, 10.0.0.2"})
    assert scope["client"][0] == "203.0.113.9"


@pytest.mark.parametrize("chain", ["", "unknown", "10.0.0.3"])
async def test_without_a_foreign_address_the_proxy_stays(chain: str) -> None:
    assert (await seen("10.0.0.1", {"x-forwarded-for": chain}))["client"][0] == "10.0.0.1"


async def test_sockets_too() -> None:
    assert (await seen("10.0.0.1", {"x-forwarded-proto": "https"}, "websocket"))["scheme"] == "wss"
