"""Who stands behind a WebSocket: the session in its cookie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.call import Caller
from proxy.door import session_key
from proxy.host import Host


async def identify(scope: Mapping[str, Any], host: Host) -> Caller | None:
    """Who it is, asked anew each time (remembered for seconds by the host); None when the session has ended."""
    cookies = b"; ".join(value for name, value in scope["headers"] if name.lower() == b"cookie")
    key = session_key(cookies.decode("latin-1"))
    return None if key is None else await host.identify_session(key)
