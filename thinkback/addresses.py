"""Addresses as they are written in settings: origins, upstreams, proxies; each is checked and brought into one form."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import SplitResult, urlsplit

from thinkback.environment import names

Network = IPv4Network | IPv6Network
DEFAULT_PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"\*|\.?[a-z0-9_][a-z0-9_.-]*|\[[0-9a-f:.]+\]")  # as Django takes them; a dot stands for subdomains


def _split(text: str) -> SplitResult:
    """Take an http(s) URL apart; raises ValueError for anything that is not one with a host."""
    parts = urlsplit(text)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        raise ValueError("must be written like https://example.org or http://localhost:5173.")
    if parts.port == 0:
        raise ValueError("has a port that does not exist.")
    return parts


def origin(text: str) -> str:
    """One exact origin, as browsers send it: scheme, host and an unusual port, in lower case (RFC 6454)."""
    parts = _split(text)
    if parts.path or parts.query or parts.fragment or "*" in text:
        raise ValueError("takes exact origins without a path or `*`, like https://example.org.")
    return _origin_of(parts)


def _origin_of(parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def hosts(text: str) -> list[str]:
    """A list of host names, in lower case."""
    found = [part.lower() for part in names(text)]
    if not all(map(HOST.fullmatch, found)):
        raise ValueError("must be a list of host names without scheme and port, like chat.example.org.")
    return found


def page_hosts(text: str) -> frozenset[str]:
    """A list of host names; `*.example.org` stands for all below it, `*` for every public one."""
    found = [part.lower() for part in names(text)]
    if not all(part == "*" or HOST.fullmatch(part.removeprefix("*.")) for part in found):
        raise ValueError("must be a list of host names, like example.org,*.example.org, or * for every public one.")
    return frozenset(found)


def origins(text: str) -> frozenset[str]:
    """A list of exact origins."""
    return frozenset(origin(part) for part in names(text))


def public_url(text: str) -> str:
    """The site's own address as people type it: an origin, a closing slash forgiven."""
    parts = _split(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must be the root of a host, without a path, like https://chat.example.org.")
    return _origin_of(parts)


def upstreams(text: str) -> frozenset[str]:
    """A list of `host:port` in lower case; an IPv6 address stands in brackets."""
    return frozenset(_upstream(part) for part in names(text))


def _upstream(text: str) -> str:
    host, colon, port = text.rpartition(":")
    bare = ":" in host and not (host.startswith("[") and host.endswith("]"))
    if not host or not colon or bare or "/" in text or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("must be a list of host:port, like 127.0.0.1:11434,[::1]:1234.")
    return f"{host.lower()}:{int(port)}"


def networks(text: str) -> tuple[Network, ...]:
    """A list of addresses or networks, like 10.0.0.5,192.168.0.0/24."""
    try:
        return tuple(ip_network(part) for part in names(text))
    except ValueError:
        raise ValueError("must be a list of addresses or networks, like 10.0.0.5,192.168.0.0/24.") from None
