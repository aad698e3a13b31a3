"""WebSockets carry cookies from any page that opens one: only the site's own pages may."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host


class SameOrigin:
    """ASGI middleware that turns away a WebSocket whose Origin is not the site that it asks."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass the socket on, or close it before it is open (the browser sees 403)."""
        if is_own(scope):
            await self.application(scope, receive, send)
        else:
            await turned_away(scope, receive, send)


async def turned_away(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Close a WebSocket before it is open."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def is_own(scope: dict[str, Any]) -> bool:
    """Whether the Origin is exact: the public address, or scheme and Host of this very connection."""
    headers = {name: value.decode("latin-1").lower() for name, value in scope["headers"]}
    origin, host = headers.get(b"origin"), headers.get(b"host", "")
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    scheme = "https" if scope.get("scheme") in ("wss", "https") else "http"
    return origin is not None and origin in (settings.PUBLIC_URL, f"{scheme}://{host}")
