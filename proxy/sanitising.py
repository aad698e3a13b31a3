"""What of a caller's request may go on to a provider."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from proxy.call import Call, Connection
from proxy.errors import Refused

MOST = 256  # headers of one request
COMMON = frozenset({"accept", "content-type"})
ONCE = frozenset({"authorization", "content-length", "content-type", "cookie", "host", "origin"})
# Never taken from a connection's own extra headers: they belong to one connection, or to our own client.
RESERVED = frozenset({
    "accept-encoding", "connection", "content-encoding", "content-length", "cookie", "expect", "forwarded", "host",
    "http2-settings", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "set-cookie", "te",
    "trailer", "transfer-encoding", "upgrade", "via",
})  # fmt: skip
LISTS = frozenset({"anthropic-beta", "openai-beta"})  # what a connection adds here takes nothing away
ALWAYS = {"accept-encoding": "identity", "user-agent": "ThinkBack"}

NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # a token of RFC 9110, section 5.6.2
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
USUAL = {name.encode(): name for name in (
    "accept", "accept-encoding", "accept-language", "anthropic-version", "api-key", "authorization", "connection",
    "content-length", "content-type", "cookie", "host", "origin", "referer", "transfer-encoding", "user-agent",
    "x-api-key", "x-goog-api-key",
)}  # fmt: skip  # need no look
FIT = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def incoming(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """A caller's headers under lower-case names. Raises Refused for those that smuggle something."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = USUAL.get(raw_name) or name_of(raw_name), raw_value.decode("latin-1").strip(" \t")
        if name in headers:
            if name in ONCE and name != "cookie":
                raise Refused("invalid_request", f"The header {name} may be there only once.", 400)
            value = f"{headers[name]}{'; ' if name == 'cookie' else ', '}{value}"
        headers[name] = value
        if len(headers) > MOST:
            raise Refused("invalid_request", f"A request has at most {MOST} headers.", 431)
    if CONTROL.search("".join(headers.values())) is not None:
        raise unfit()
    check_framing(headers)
    return headers


def name_of(raw: bytes) -> str:
    """A header's name in lower case. Raises Refused."""
    if NAME.fullmatch(raw) is None:
        raise unfit()
    return raw.decode("ascii").lower()


def unfit() -> Refused:
    """The refusal of a header with bytes that none may have."""
    return Refused("invalid_request", "A header holds characters that do not belong there.", 400)


def check_framing(headers: Mapping[str, str]) -> None:
    """Raise Refused (400) for a body whose end two servers could see in two places."""
    if "content-length" in headers and "transfer-encoding" in headers:
        raise unframed("A request has either a length or a transfer encoding.")
    if headers.get("transfer-encoding", "chunked").lower() != "chunked":
        raise unframed("The only transfer encoding of a request is chunked.")


def unframed(message: str) -> Refused:
    """The refusal of such a body; nothing that follows it on the connection is read as a request."""
    refused = Refused("invalid_request", message, 400)
    refused.headers.append((b"connection", b"close"))
    return refused


def check_encoding(headers: Mapping[str, str]) -> None:
    """Raise Refused (415) for a compressed request: its size could not be known before it is unpacked."""
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused("invalid_request", "Send the request without Content-Encoding.", 415)


@lru_cache
def allowed_for(forwarded: frozenset[str]) -> frozenset[str]:
    """The headers of a caller that an adapter with these of its own passes on."""
    return (COMMON | forwarded) - RESERVED


def outgoing(call: Call, connection: Connection) -> dict[str, str]:
    """The headers that go to the provider, without the key: those allowed, and the connection's own."""
    check_encoding(call.headers)
    allowed = allowed_for(connection.adapter.forwarded)
    if "connection" in call.headers:
        allowed = allowed - {name.strip().lower() for name in call.headers["connection"].split(",")}
    headers = {**ALWAYS, **{name: value for name, value in call.headers.items() if name in allowed}}
    for given, value in connection.adapter.headers(connection.target).items():
        name = given.lower()
        if name not in RESERVED:
            headers[name] = f"{headers[name]},{value}" if name in LISTS and name in headers else value
            check(name, value)
    if FIT.fullmatch("".join(headers.values())) is None:
        for name, value in headers.items():
            check(name, value)
    headers["accept-encoding"] = "identity"
    return headers


def check(name: str, value: str) -> None:
    """Raise Refused for a header that cannot be sent as it is."""
    if NAME.fullmatch(name.encode()) is None or FIT.fullmatch(value) is None:
        raise Refused("invalid_request", f"The header {name!r} holds characters that do not belong there.", 400)
