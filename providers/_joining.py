"""A service's root and its own path → one address that cannot leave the root's host."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import httpx

from providers._failures.errors import HostRefused, InvalidRequest

VERSION = re.compile(r"v\d+(?:(?:alpha|beta)\d*)?")
SAFE = "/:@!$&'()*+,;=~-._"  # what RFC 3986 allows in a path; an escape that is already there stays
SEPARATOR = re.compile(r"[/\\]|%2f|%5c", re.I)  # also what a careless server would take for one
BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def is_version(segment: str) -> bool:
    """Whether a path segment names a version of an API: `v1`, `v1beta`, `v4`."""
    return VERSION.fullmatch(segment) is not None


def segments(path: str) -> list[str]:
    """The parts of a path between its slashes."""
    return [part for part in path.split("/") if part]


def join_once(root: list[str], path: list[str]) -> list[str]:
    """Root and path, with the longest tail of the root that the path's head repeats taken once."""
    for length in range(min(len(root), len(path)), 0, -1):
        if root[-length:] == path[:length]:
            return root + path[length:]
    return root + path


def escape(path: str) -> str:
    """A path with every byte that does not belong there escaped. Raises InvalidRequest for `..` in any guise."""
    if any(unquote(part).strip() in (".", "..") for part in SEPARATOR.split(path)):
        raise InvalidRequest("The path may not hold '.' or '..' as a part.", code="invalid_path")
    return quote(BARE_PERCENT.sub("%25", path), safe=SAFE + "%", errors="replace")


def read_root(base_url: str) -> httpx.URL:
    """A root as the user gave it. Raises HostRefused for what is not a web address, or holds a name and password."""
    try:
        root = httpx.URL(base_url.strip())
    except httpx.InvalidURL as error:
        raise HostRefused("The base URL is not a web address.") from error
    if root.scheme not in ("http", "https") or not root.raw_host:
        raise HostRefused("The base URL is not a web address. It begins with https:// and names a host.")
    if root.userinfo:
        raise HostRefused("The base URL may not hold a user name or a password.")
    return root


def address(root: httpx.URL, parts: list[str], query: str = "", *, slash: bool = False) -> httpx.URL:
    """The root's scheme, host and port with this path, and with the queries of root and caller."""
    path = escape("/" + "/".join(parts) + ("/" if slash and parts else ""))
    queries = "&".join(part for part in (root.query.decode("ascii"), escape_query(query)) if part)
    whole = f"{path}?{queries}" if queries else path
    return root.copy_with(raw_path=whole.encode("ascii"), fragment=None)


def escape_query(query: str) -> str:
    """A query without anything that could end it, or the line that it is sent on."""
    return quote(BARE_PERCENT.sub("%25", query), safe=SAFE + "?%[]", errors="replace")
