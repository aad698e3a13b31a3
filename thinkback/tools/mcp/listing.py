"""The tools that a server lists, page by page, in a bearable form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from thinkback.tools.mcp.messages import Unreadable
from thinkback.tools.mcp.session import Session

MOST = 200  # tools of one server
PAGES = 50
LONGEST_NAME, LONGEST_TITLE, LONGEST_DESCRIPTION = 128, 200, 4000  # characters
LARGEST_SCHEMA = 50_000  # bytes


class Listed(Struct, frozen=True):
    """One tool, as it is stored; `parameters` is the JSON Schema of its arguments."""

    name: str
    title: str = ""
    description: str = ""
    parameters: dict[str, Any] = {}


async def list_tools(session: Session) -> list[Listed]:
    """Every tool of a server. Raises ToolFailed."""
    found: dict[str, Listed] = {}
    cursor: str | None = None
    for _ in range(PAGES):
        result = await session.ask("tools/list", {} if cursor is None else {"cursor": cursor})
        tools = result.get("tools")
        if not isinstance(tools, list):
            raise Unreadable("Its list of tools is none.")
        for tool in map(listed, tools):
            if tool is not None and len(found) < MOST:
                found.setdefault(tool.name, tool)
        following = result.get("nextCursor")
        if not isinstance(following, str) or following == cursor or len(found) >= MOST:
            break
        cursor = following
    return list(found.values())


def listed(tool: object) -> Listed | None:
    """One tool; None for what has no usable name or schema."""
    if not isinstance(tool, Mapping):
        return None
    name, schema = tool.get("name"), tool.get("inputSchema")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return None
    if not isinstance(schema, dict) or schema.get("type") != "object":
        schema = {"type": "object", "properties": {}}
    if len(msgspec.json.encode(schema)) > LARGEST_SCHEMA:
        return None
    annotations = tool.get("annotations")
    title = tool.get("title") or (annotations.get("title") if isinstance(annotations, Mapping) else None)
    return Listed(name, cut(title, LONGEST_TITLE), cut(tool.get("description"), LONGEST_DESCRIPTION), schema)


def cut(value: object, length: int) -> str:
    """A text of at most so many characters."""
    return value[:length] if isinstance(value, str) else ""
