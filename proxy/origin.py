"""From which web pages may be called: an exact list, no patterns, nothing reflected that is not on it."""

from __future__ import annotations

from proxy.call import Caller
from proxy.door import Visit
from proxy.errors import Refused
from proxy.host import Host

Headers = list[tuple[bytes, bytes]]

VARY = (b"vary", b"Origin")
EXPOSED = (
    b"X-ThinkBack-Error, X-ThinkBack-Provider, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    b"Server-Timing, X-Request-Id, Request-Id, X-ThinkBack-Cache, X-ThinkBack-Middleware, Age, "
    b"X-ThinkBack-Route"
)
METHODS = b"GET, HEAD, POST, PUT, PATCH, DELETE"
REMEMBERED = b"600"  # seconds that a browser may remember a preflight


def shared(origin: str) -> Headers:
    """The headers that let a page of this origin read the answer."""
    return [
        VARY,
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", EXPOSED),
    ]


async def preflight(visit: Visit, host: Host) -> Headers:
    """The headers of an answered preflight. Raises Refused (403) unless the site or any user lists the origin."""
    if not await is_listed(visit.origin, host):
        raise refusal()
    assert visit.origin is not None
    wanted = visit.headers.get("access-control-request-headers", "")
    return [
        (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        (b"access-control-allow-origin", visit.origin.encode("latin-1")),
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", wanted.encode("latin-1")),
        (b"access-control-max-age", REMEMBERED),
    ]


async def is_listed(origin: str | None, host: Host) -> bool:
    """Whether anybody lists this origin; enough to let a page read that its token is unknown."""
    return origin is not None and origin != "null" and await host.origin_listed(origin)


async def check(visit: Visit, caller: Caller, host: Host) -> Headers:
    """The headers for an allowed origin. Raises Refused (403) for any other."""
    origin = visit.origin
    if origin is None:
        if caller.origins:
            raise bound()
        return [VARY]
    if caller.origins and origin not in caller.origins:
        raise bound()
    if origin == host.site_origin(visit.scheme, visit.headers.get("host", "")):
        return [VARY]
    if origin == "null" or not await host.origin_allowed(origin, caller):
        raise refusal()
    return shared(origin)


def bound() -> Refused:
    """The refusal of a token that was made for other pages."""
    return Refused("auth_failed", "This token works only from the web pages that it was made for.", 403)


def refusal() -> Refused:
    """The refusal of an origin."""
    return Refused("auth_failed", "This origin is not on the list. Add it in the settings, under Account.", 403)
