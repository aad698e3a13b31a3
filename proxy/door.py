"""Who is there: reads what a request shows of its caller, and asks the site whose it is."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, unquote_plus

from providers import Shape
from proxy import paths, sanitising
from proxy.call import Caller
from proxy.errors import Refused
from proxy.host import Host

PREFIX = "tb_"
ASTRAY = re.compile(r"tb_[A-Za-z0-9_-]{40}")  # a token as it is made (thinkback.accounts.tokens)
TOKEN_HEADERS = ("x-api-key", "x-goog-api-key", "api-key")
COOKIE = "sessionid"
SIGNER = re.compile(r"AWS4-HMAC-SHA256 Credential=(tb_[A-Za-z0-9_-]{1,200})/", re.I)  # who signs, by AWS's rules
PROVIDER_KEY = "x-thinkback-provider-key"
SECRETS = frozenset({"authorization", "cookie", PROVIDER_KEY, *TOKEN_HEADERS})  # they go no further than the door


@dataclass(slots=True)
class Visit:
    """What a request says of itself, before anybody believes it. `headers` have lower-case names."""

    method: str
    scheme: str
    slug: str
    path: str
    query: str  # without the caller's token
    origin: str | None
    headers: dict[str, str] = field(repr=False)
    token: str | None = field(repr=False)

    @property
    def is_preflight(self) -> bool:
        """Whether a browser asks in advance."""
        return self.method == "OPTIONS" and "access-control-request-method" in self.headers and self.origin is not None


def read(scope: MutableMapping[str, Any]) -> Visit:
    """The visit of an ASGI scope, out of whose query string the token is cut for good. Raises Refused."""
    query, key = cut_key(scope.get("query_string", b"").decode("latin-1"))
    scope["query_string"] = query.encode("latin-1")
    headers = sanitising.incoming(scope["headers"])
    slug, path = paths.split(scope)
    check_astray(path, query)
    return Visit(
        method=scope["method"].upper(),
        scheme=scope.get("scheme", "http"),
        slug=slug,
        path=path,
        query=query,
        origin=headers.get("origin"),
        headers=headers,
        token=find_token(headers, key),
    )


def cut_key(query: str) -> tuple[str, str | None]:
    """A query string without `key`, and the value that it had."""
    if "=" not in query:
        return query, None
    kept, found = [], None
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if unquote_plus(name) == "key":
            found = unquote_plus(value)
        else:
            kept.append(part)
    return "&".join(kept), found


def check_astray(path: str, query: str) -> None:
    """Raise Refused (400) for a token of ours in an address, where it would go on to the provider and its logs."""
    text = f"{path}?{query}"
    for _ in range(paths.DEPTH + 1):
        if ASTRAY.search(text):
            message = "A token of ThinkBack stands in the address. Send it in a header, or as `key` alone."
            raise Refused("invalid_request", message, 400)
        if "%" not in text:
            return
        text = unquote(text)


def find_token(headers: dict[str, str], key: str | None) -> str | None:
    """The caller's token, in whichever place his SDK sends its key; AWS's may send it as the id of an access key."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    token = bearer.strip()
    if token.startswith(PREFIX) and scheme.lower() == "bearer":
        return token
    signer = SIGNER.match(headers.get("authorization", ""))
    places = [*map(headers.get, TOKEN_HEADERS), key, signer and signer[1]]
    return next((value for value in places if value is not None and value.startswith(PREFIX)), None)


async def identify(visit: Visit, host: Host) -> Caller:
    """Whose call this is. Raises Refused (401), the same for everything unknown."""
    caller = None
    if visit.token is not None:
        caller = await host.identify_token(visit.token)
    elif (session := session_key(visit.headers.get("cookie", ""))) is not None and is_same_site(visit, host):
        caller = await host.identify_session(session)
    if caller is None:
        raise Refused("auth_failed", "ThinkBack does not know this token. Make one in its settings, under Tokens.", 401)
    return caller


def reason_of(visit: Visit, host: Host) -> str:
    """Why a visitor stayed a stranger, in one of four words for the statistics."""
    if visit.token is not None:
        return "unknown_token"
    if session_key(visit.headers.get("cookie", "")) is None:
        return "nothing_shown"
    return "unknown_session" if is_same_site(visit, host) else "other_site"


def session_key(cookies: str) -> str | None:
    """The session among a request's cookies; the others may be as odd as they like. The last one counts."""
    named = (part.partition("=") for part in cookies.split(";"))
    found = [value.strip() for name, _, value in named if name.strip() == COOKIE]
    return next(filter(None, reversed(found)), None)


def is_same_site(visit: Visit, host: Host) -> bool:
    """Whether a script of the site's own page asks: a cookie alone proves nothing, any site's page would send it.

    Nor does a link or an image in an answer: a browser says that it wants a page or a picture (`Sec-Fetch-Dest`).
    """
    site = visit.headers.get("sec-fetch-site", "same-origin" if visit.origin is not None else "")
    if site != "same-origin" or visit.headers.get("sec-fetch-dest", "empty") != "empty":
        return False
    if visit.origin is None:
        return True
    return visit.origin == host.site_origin(visit.scheme, visit.headers.get("host", ""))


def guess_shape(visit: Visit) -> Shape:
    """The error shape that a caller expects whose provider is not known, by the way he asks."""
    path, headers = visit.path, visit.headers
    if "anthropic-version" in headers or path.endswith("v1/messages") or "/messages/" in path:
        return "anthropic"
    if path.startswith("model/"):
        return "bedrock"
    if "x-goog-api-key" in headers or path.startswith("v1beta/") or ":" in path.rpartition("/")[2]:
        return "google"
    return "openai"
