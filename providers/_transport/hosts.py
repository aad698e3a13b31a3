"""Which host names and ports an upstream may have, before any name is resolved."""

from __future__ import annotations

import re

LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
NAME = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(?:\.{LABEL})*")
NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")  # WHATWG URL, "ends in a number": some part reads an address
HOME = (".localhost", ".local", ".internal", ".home.arpa")  # RFC 6761, 6762, 8375, and ICANN's word for private use

WEB_PORTS = frozenset({80, 443})  # below 1024, the others speak other protocols
FOREIGN_PORTS = frozenset({
    2049, 3306, 3389, 5432, 5900, 6000, 6379, 6665, 6666, 6667, 6668, 6669, 11211, 27017,
})  # fmt: skip  # file systems, databases, screens, chat: nothing there speaks HTTP


def flaw(host: str) -> str | None:
    """What is wrong with a host that is no IP address, as the end of a sentence about it; None where nothing is."""
    if NUMBER.fullmatch(host):
        return "is a number that is not written like 203.0.113.7"
    if host.endswith("."):
        return "ends with a dot, which does not belong there"
    return None if NAME.fullmatch(host) else "is not a proper host name"


def is_of_home(host: str) -> bool:
    """Whether only a private network knows this name: no dot in it, or an ending set apart for that."""
    return "." not in host or host.endswith(HOME)


def is_web(port: int) -> bool:
    """Whether a service of the web may listen on this port."""
    return port in WEB_PORTS or (1024 <= port <= 65535 and port not in FOREIGN_PORTS)
