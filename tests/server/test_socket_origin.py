"""A WebSocket opens only from the site's own pages."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from thinkback.serving.socket_origin import SameOrigin


async def opened(origin: str | None, host: str = "localhost:8000", scheme: str = "ws") -> bool:
    reached = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        reached.append(True)

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        assert message["type"] == "websocket.close"

    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin is not None else [])
    await SameOrigin(application)({"type": "websocket", "scheme": scheme, "headers": headers}, receive, send)
    return bool(reached)


async def test_its_own_pages_may() -> None:
    assert await opened("http://localhost:8000")


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://localhost:3000",  # cookies do not mind ports, so we must
        "http://localhost",
        "https://localhost:8000",
        "http://localhost:8000.evil.example",
        "http://evil.example",
    ],
)
async def test_nobody_else_may(origin: str | None) -> None:
    assert not await opened(origin)


async def test_a_rebound_name_may_not() -> None:
    assert not await opened("http://evil.example:8000", host="evil.example:8000")


async def test_the_public_address_may(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://chat.example"
    assert await opened("https://chat.example", host="localhost:8000")
