"""Which connection an address names, and which path of the provider's: `/api/proxy/<slug>/<path>`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from proxy.errors import Refused

PREFIX = "/api/proxy/"
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
FIT = re.compile(r"[!$%&'()*+,\-./0-9:;=@A-Z_a-z~\[\]|]*")  # RFC 3986's characters of a path, and three that SDKs send
STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")  # a percent sign that encodes nothing
FORBIDDEN = re.compile(rb"[\x00-\x1f\x7f\\]|\A/|\A[A-Za-z][A-Za-z0-9+.\-]*:/")  # the last two begin another address
PLAIN = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")  # can be read in one way only
DEPTH = 3  # times that a path is decoded, to see what an upstream might see in it
LONGEST = 8192  # bytes


def split(scope: Mapping[str, Any]) -> tuple[str, str]:
    """The slug (`custom/<slug>` stays so) and the provider's path, still percent-encoded, without a leading slash."""
    raw = scope.get("raw_path") or quote(scope["path"], safe="/:@!$&'()*+,;=~").encode()
    path = raw.decode("latin-1").partition("?")[0]
    slug, _, rest = path.removeprefix(PREFIX).partition("/")
    if slug != "custom":
        return slug, rest
    name, _, rest = rest.partition("/")
    return f"custom/{name}", rest


@lru_cache(maxsize=256)  # it depends on nothing else, and nearly all calls ask for the same few
def check(slug: str, path: str) -> None:
    """Raise Refused for a path that an upstream could read as another one."""
    if SLUG.fullmatch(slug.rpartition("/")[2]) is None:
        raise Refused("invalid_request", "There is no such provider.", 404)
    if len(path) <= LONGEST and PLAIN.fullmatch(path) is not None:
        return
    if len(path) > LONGEST or FIT.fullmatch(path) is None or STRAY.search(path) is not None:
        raise bad_path()
    decoded = path.encode("ascii")
    for _ in range(DEPTH if b"%" in decoded else 0):
        if leads_astray(decoded):
            raise bad_path()
        decoded = unquote_to_bytes(decoded)
    if leads_astray(decoded) or unquote_to_bytes(decoded) != decoded:
        raise bad_path()


def leads_astray(path: bytes) -> bool:
    """Whether a path steps up, begins anew, holds control characters, or is no UTF-8 (some read `%c0%ae` as a dot)."""
    segments = {segment.partition(b";")[0] for segment in path.split(b"/")}  # some read `..;x` as `..`
    if FORBIDDEN.search(path) or b".." in segments or b"." in segments:
        return True
    return path.decode("utf-8", "ignore").encode() != path


def bad_path() -> Refused:
    """The refusal of such a path."""
    return Refused("invalid_request", "This path holds characters or steps that are not allowed.", 400)
