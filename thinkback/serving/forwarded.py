"""Who asks, behind a proxy: X-Forwarded-* counts only when the connection comes from a proxy we trust."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from thinkback.addresses import Network

SCHEMES = {
    "http": {"http": "http", "https": "https"},
    "websocket": {"http": "ws", "https": "wss"},
}


class Forwarded:
    """ASGI middleware that puts the real client, scheme and host into the scope."""

    def __init__(self, application: Any, trusted: Sequence[Network]) -> None:
        self.application = application
        self.trusted = tuple(trusted)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass a request on, corrected where a trusted proxy vouches for it."""
        if self.trusted and scope["type"] in ("http", "websocket") and self.trusts((scope.get("client") or [""])[0]):
            scope = self.corrected(scope)
        await self.application(scope, receive, send)

    def trusts(self, address: str) -> bool:
        """Whether this address is one of our proxies."""
        try:
            found = ip_address(address.strip())
        except ValueError:
            return False
        return any(found in network for network in self.trusted)

    def corrected(self, scope: dict[str, Any]) -> dict[str, Any]:
        """The scope as the proxy saw it."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        changes: dict[str, Any] = {}
        client = self.client(headers.get(b"x-forwarded-for", ""))
        if client is not None:
            changes["client"] = [client, 0]
        scheme = SCHEMES[scope["type"]].get(headers.get(b"x-forwarded-proto", "").strip().lower())
        if scheme is not None:
            changes["scheme"] = scheme
        host = headers.get(b"x-forwarded-host", "").strip()
        if host:
            others = [pair for pair in scope["headers"] if pair[0] != b"host"]
            changes["headers"] = [*others, (b"host", host.encode("latin-1"))]
        return {**scope, **changes}

    def client(self, chain: str) -> str | None:
        """The last address in the chain that is not a proxy of ours: those before it are hearsay."""
        for address in reversed(chain.split(",")):
            if not self.trusts(address):
                try:
                    return str(ip_address(address.strip()))
                except ValueError:
                    return None
        return None
