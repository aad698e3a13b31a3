"""What arrived here of the WebSockets that a page tried: as a WebSocket, as a plain request, or not at all."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any
from urllib.parse import parse_qs

from thinkback.serving.socket_origin import is_own

ROOM = 200  # probes that are remembered
LONGEST = 40  # characters of a probe's name
SEEN: OrderedDict[str, dict[str, Any]] = OrderedDict()


def keep(probe: str, seen: dict[str, Any]) -> None:
    """Remember what arrived under this name."""
    if 0 < len(probe) <= LONGEST:
        SEEN[probe] = seen
        while len(SEEN) > ROOM:
            SEEN.popitem(last=False)


async def socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer a WebSocket that is only tried with what arrived of it, and close it. Anybody may: it can do nothing."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    seen = {
        "came": "websocket",
        "host": headers.get(b"host", ""),
        "origin": headers.get(b"origin", ""),
        "accepted": is_own(scope),
    }
    keep(query.get("probe", [""])[0], seen)
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        if message.get("text") == "hello":
            await send({"type": "websocket.send", "text": json.dumps(seen)})
            await send({"type": "websocket.close", "code": 1000})
            return
