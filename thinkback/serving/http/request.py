"""From a parsed head to the ASGI scope; what no application should see is refused here.

httptools (llhttp, strict) has refused before: Content-Length beside Transfer-Encoding, either of them twice or
malformed, folded lines, bare line feeds, control characters, names that are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from httptools import parse_url

from thinkback.serving.refusal import MAX_BODY, Refusal, too_large

MAX_HEADERS = 128
ASGI = {"version": "3.0", "spec_version": "2.4"}
Headers = list[tuple[bytes, bytes]]

# The headers that say how a request is framed; they are looked at beside being handed on.
FRAMING = frozenset({b"host", b"content-length", b"transfer-encoding", b"expect", b"upgrade"})


def target(url: bytes) -> tuple[bytes, bytes]:
    """Path and query of a request's target. Raises Refusal."""
    if not url.startswith(b"/") and url != b"*":
        parsed = parse_url(url)  # the absolute form, for proxies
        url = (parsed.path or b"/") + (b"?" + parsed.query if parsed.query else b"")
    if b"#" in url:
        raise Refusal(400, "The address has a fragment.")
    path, _, query = url.partition(b"?")
    return path, query


def check(version: str, method: bytes, count: int, framing: Mapping[bytes, bytes]) -> None:
    """Raise Refusal for a head that is not to be served."""
    if version not in ("1.1", "1.0"):
        raise Refusal(505, "Only HTTP/1.1 is spoken here.")
    if method == b"CONNECT":
        raise Refusal(405, "Nothing is tunnelled here.")
    if count > MAX_HEADERS:
        raise Refusal(431, f"The request has more than {MAX_HEADERS} headers.")
    if version == "1.1" and b"host" not in framing:
        raise Refusal(400, "The request names no host.")
    if b"transfer-encoding" in framing and (version == "1.0" or framing[b"transfer-encoding"].lower() != b"chunked"):
        raise Refusal(400, "The Transfer-Encoding is not chunked.")
    if int(framing.get(b"content-length") or 0) > MAX_BODY:
        raise too_large()


def scope_of(method: bytes, url: bytes, version: str, headers: Headers) -> dict[str, Any]:
    """The ASGI scope of a request, without what the connection knows. Raises Refusal."""
    path, query = target(url)
    text = path.decode("ascii")
    return {
        "type": "http",
        "asgi": ASGI,
        "http_version": version,
        "method": method.decode("ascii"),
        "scheme": "http",
        "path": unquote(text) if "%" in text else text,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
    }


def head_of(scope: dict[str, Any]) -> bytes:
    """The head of a request without a body once more, for who reads it himself."""
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    lines = [b"%b: %b" % pair for pair in scope["headers"]]
    return b"\r\n".join([b"GET " + scope["raw_path"] + query + b" HTTP/1.1", *lines, b"", b""])
