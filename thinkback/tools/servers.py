"""The MCP servers of a user: added, changed, asked for their tools, removed; and their tools as a chat offers them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import msgspec
from channels.db import database_sync_to_async
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from providers import ProviderError, Tool
from thinkback.connections import addresses
from thinkback.connections.invalid import Invalid
from thinkback.tools.mcp.listing import Listed, list_tools
from thinkback.tools.mcp.session import Endpoint
from thinkback.tools.mcp.sessions import SESSIONS
from thinkback.tools.models import Server
from thinkback.tools.offered import Offered, ToolFailed
from thinkback.vault import keys

MOST = 20  # servers of one user
LONGEST_NAME, LONGEST_SLUG, LONGEST_SECRET = 100, 20, 8000  # characters
LONGEST_TOOL = 64  # characters of a name that every provider takes
AUTHORIZATION = "Authorization"
MARK = "•••"
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # a token of RFC 9110, section 5.6.2
_OURS = frozenset({"host", "content-length", "content-type", "accept", "accept-encoding", "connection", "user-agent"})
_ODD = re.compile(r"[^A-Za-z0-9_-]")


def save(server: Server, given: Mapping[str, str]) -> None:
    """Store a new or changed server: `name`, `url`, `header`, `secret` (empty: keep, unless `forget`). Raises Invalid.

    A move to another host forgets the secret and the tools.
    """
    name, url, header = given.get("name", "").strip(), _url(given.get("url", "")), _header(given.get("header", ""))
    secret = _secret(given.get("secret", ""))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(name=_("A name has 1 to %(longest_name)s characters.") % {"longest_name": LONGEST_NAME})
    with transaction.atomic():
        if server._state.adding:
            _check_room(server.user_id)
            server.slug = _free_slug(server.user_id, name)
        elif url != server.url:
            server.tools, server.listed_at = [], None
            if place_of(url) != place_of(server.url):
                keys.forget(server.ref)
        server.name, server.url, server.header, server.last_error = name, url, header, ""
        server.save()
        if given.get("forget") and not secret:
            keys.forget(server.ref)
        if secret:
            keys.seal(binding_of(server), secret)


def remove(server: Server) -> None:
    """The server and its secret, gone."""
    with transaction.atomic():
        keys.forget(server.ref)
        server.delete()


async def refresh(server: Server) -> str:
    """Ask a server for its tools and store them; empty, or what went wrong, which is stored as well."""
    tools: list[Listed] = []
    try:
        endpoint = await database_sync_to_async(endpoint_of)(server)
        await SESSIONS.forget(server.pk)
        tools = await SESSIONS.use(server.pk, endpoint, list_tools)
        problem = "" if tools else "It has no tools."
    except ToolFailed as error:
        problem = str(error)
    except ProviderError as error:
        problem = error.message
    await database_sync_to_async(_store)(server, tools, problem)
    return server.last_error


def offers(user_id: int, server_keys: frozenset[str]) -> dict[str, Offered]:
    """The tools of the servers chosen, by the names that models call them by."""
    found: dict[str, Offered] = {}
    for server in Server.objects.filter(user_id=user_id):
        if server.key in server_keys:
            found |= {offered.name: offered for offered in map(partial(_offered, server), enabled_of(server))}
    return found


def tools_of(server: Server) -> list[Listed]:
    """Its tools as listed last."""
    return msgspec.convert(server.tools, list[Listed])


def enabled_of(server: Server) -> list[Listed]:
    """Those that are offered."""
    return [tool for tool in tools_of(server) if tool.name not in server.disabled]


def endpoint_of(server: Server) -> Endpoint:
    """Where it is, with the opened header. Raises ToolFailed when that cannot be opened any more."""
    if keys.status(server.ref, "header") is None:
        return Endpoint(server.url)
    try:
        secret = keys.open_sealed(binding_of(server))
    except keys.Unsealable as error:
        raise ToolFailed("The stored header cannot be opened. Put it in again.") from error
    header = server.header or AUTHORIZATION
    bare = header.lower() == AUTHORIZATION.lower() and " " not in secret
    return Endpoint(server.url, {header: f"Bearer {secret}" if bare else secret})


def binding_of(server: Server) -> keys.Binding:
    """What its header is bound to: owner and host."""
    return keys.Binding(server.user_id, "mcp", (place_of(server.url),), server.ref, "header")


def place_of(url: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _offered(server: Server, tool: Listed) -> Offered:
    described = Tool(offered_name(server.slug, tool.name), tool.description or tool.title, tool.parameters)
    label, run = tool.title or tool.name, partial(_call, server, tool.name)
    return Offered(described, label, run, server.name, place=f"{server.key}@{place_of(server.url)}")


def offered_name(slug: str, name: str) -> str:
    """The name under which a model is offered a tool: of letters that every provider takes, and never two alike."""
    whole = f"{slug}__{_ODD.sub('_', name)}"
    if len(whole) <= LONGEST_TOOL and _ODD.search(name) is None:
        return whole
    return f"{whole[: LONGEST_TOOL - 9]}_{sha256(name.encode()).hexdigest()[:8]}"


async def _call(server: Server, name: str, arguments: Mapping[str, Any]) -> str:
    endpoint = await database_sync_to_async(endpoint_of)(server)
    try:
        return without_secrets(await SESSIONS.call(server.pk, endpoint, name, arguments), endpoint)
    except ToolFailed as error:
        raise ToolFailed(without_secrets(str(error), endpoint)) from None


def without_secrets(text: str, endpoint: Endpoint) -> str:
    """A text of the server's without the header that was sent to it, should it repeat that."""
    for value in endpoint.headers.values():
        for secret in (value, value.rpartition(" ")[2]):
            text = text.replace(secret, MARK) if len(secret) > 3 else text
    return text


def _store(server: Server, tools: list[Listed], problem: str) -> None:
    server.last_error = problem[:500]
    fields = ["last_error"]
    if tools:
        server.tools, server.listed_at = msgspec.to_builtins(tools), timezone.now()
        fields += ["tools", "listed_at"]
    server.save(update_fields=fields)


def _url(text: str) -> str:
    try:
        url = addresses.checked(text)
    except Invalid as error:
        raise Invalid(url=error.errors["base_url"]) from error
    return f"{url}/" if text.strip().endswith("/") else url


def _header(text: str) -> str:
    text = text.strip()
    if text and (_HEADER.fullmatch(text) is None or text.lower() in _OURS or text.lower().startswith("mcp-")):
        raise Invalid(header=_("This cannot be the name of a header, or ThinkBack sets it itself."))
    return text


def _secret(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_SECRET or not text.isascii() or not text.isprintable():
        raise Invalid(secret=_("A header is one line of ASCII characters."))
    return text


def _check_room(user_id: int) -> None:
    if Server.objects.filter(user_id=user_id).count() >= MOST:
        raise Invalid(name=_("At most %(most)s servers. Remove one first.") % {"most": MOST})


def _free_slug(user_id: int, name: str) -> str:
    taken = set(Server.objects.filter(user_id=user_id).values_list("slug", flat=True))
    stem = slugify(name).replace("_", "-")[: LONGEST_SLUG - 3].strip("-") or "mcp"
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug
