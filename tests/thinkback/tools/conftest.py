"""An MCP server that may be reached, and the network to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.mcp_server import McpServer
from thinkback.host import SITE
from thinkback.tools.mcp.sessions import SESSIONS


@pytest.fixture
async def mcp(settings: Any) -> AsyncIterator[McpServer]:
    """A server that the administrator has opened, and the site's network."""
    server = McpServer()
    await server.start()
    settings.PRIVATE_UPSTREAMS = frozenset({server.place})
    await SITE.start()
    yield server
    await SESSIONS.stop()
    await SITE.stop()
    await server.stop()
