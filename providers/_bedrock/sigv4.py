"""AWS Signature Version 4 as a pure function. AWS General Reference, "Create a signed AWS API request"."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, unquote

from providers._transport.outgoing import Headers, Request

ALGORITHM = "AWS4-HMAC-SHA256"
PAIR = re.compile(r"([A-Z0-9]{16,128}):([A-Za-z0-9/+=]{16,128})(?::([A-Za-z0-9/+=]+))?")
# What somebody on the way may change, or what our own client sets.
UNSIGNED = frozenset({
    "accept", "accept-encoding", "authorization", "connection", "content-length", "expect", "transfer-encoding",
    "user-agent", "x-amzn-trace-id",
})  # fmt: skip


class AccessKey(NamedTuple):
    """An access key of AWS; `session_token` only with temporary ones."""

    id: str
    secret: str
    session_token: str = ""

    def __repr__(self) -> str:
        """Without anything secret."""
        return "<AccessKey>"


class Scope(NamedTuple):
    """When, where and for which service a signature is good."""

    moment: datetime
    region: str
    service: str


def read_pair(key: str) -> AccessKey | None:
    """The access key in one line, `id:secret` or `id:secret:session token`; None for any other key."""
    found = PAIR.fullmatch(key)
    return None if found is None else AccessKey(found[1], found[2], found[3] or "")


def sign(request: Request, key: AccessKey, scope: Scope) -> Headers:
    """The headers to add to a request, whose `host` is among its headers. Whatever it states is signed."""
    stamp = scope.moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    added = [(b"x-amz-date", stamp.encode())]
    if key.session_token:
        added.append((b"x-amz-security-token", key.session_token.encode()))
    headers = canonical_headers([*request.headers, *added])
    names = ";".join(headers)
    place = f"{stamp[:8]}/{scope.region}/{scope.service}/aws4_request"
    to_sign = "\n".join((ALGORITHM, stamp, place, digest(canonical_request(request, headers).encode())))
    signature = hmac.new(signing_key(key.secret, place), to_sign.encode(), hashlib.sha256).hexdigest()
    told = f"{ALGORITHM} Credential={key.id}/{place}, SignedHeaders={names}, Signature={signature}"
    return [*added, (b"authorization", told.encode())]


def canonical_request(request: Request, headers: dict[str, str]) -> str:
    """The request in the one form that both sides sign."""
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    hashed = digest(request.content)
    parts = (request.method, canonical_path(path), canonical_query(query), lines, ";".join(headers), hashed)
    return "\n".join(parts)


def canonical_path(path: str) -> str:
    """The path as it is sent, encoded once more: so do all services but S3."""
    return quote(path or "/", safe="/-_.~")


def canonical_query(query: str) -> str:
    """The query in order, with everything escaped that may be."""
    pairs = (part.partition("=") for part in query.split("&") if part)
    escaped = sorted((again(name), again(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in escaped)


def again(text: str) -> str:
    """A part of a query, escaped in the one way that AWS prescribes."""
    return quote(unquote(text), safe="-_.~")


def canonical_headers(headers: Headers) -> dict[str, str]:
    """The headers to sign under lower-case names, in order; those of one name as one."""
    found: dict[str, list[str]] = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("ascii").lower()
        if name not in UNSIGNED:
            found.setdefault(name, []).append(" ".join(raw_value.decode("latin-1").split()))
    return {name: ",".join(found[name]) for name in sorted(found)}


def signing_key(secret: str, place: str) -> bytes:
    """The key for one day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in place.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
