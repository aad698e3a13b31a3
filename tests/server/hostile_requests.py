"""Requests that somebody could use to slip something past the server or the proxy, byte by byte; each with its reason.

In a request `TOKEN` stands for Alice's token, `HOST` for the server. What comes of each is one of:

    REFUSED     an error, or a closed connection; nothing reaches the provider
    PLAIN       one ordinary request reaches the provider, with the body as sent and nothing else of the trick
    SAFE        refused or plain: the standard leaves the choice, both servers take one of the two
    a status    that refusal exactly; nothing reaches the provider
"""

from __future__ import annotations

import json
from typing import NamedTuple

REFUSED, PLAIN, SAFE = "REFUSED", "PLAIN", "SAFE"

PATH = b"/api/proxy/openai/v1/chat/completions"
BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hi"}]}).encode()
AUTH = b"Authorization: Bearer TOKEN"
JSON = b"Content-Type: application/json"
HOST = b"Host: HOST"
MB = 1024 * 1024

# A request inside a request: had anybody read it as one, the provider would have seen `smuggled`.
INNER = b"GET /api/proxy/openai/v1/smuggled HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer TOKEN\r\n\r\n"


class Hostile(NamedTuple):
    """The bytes of a request, why they are hostile, and what comes of them."""

    why: str
    request: bytes
    comes_to: str | int
    body: bytes | None = BODY  # what the provider may see at most


def head(*lines: bytes, line: bytes = b"POST " + PATH + b" HTTP/1.1") -> bytes:
    """The head of a request, to the letter."""
    return b"\r\n".join((line, *lines)) + b"\r\n\r\n"


def post(*lines: bytes, body: bytes = BODY, path: bytes = PATH, method: bytes = b"POST", auth: bytes = AUTH) -> bytes:
    """A proper request with these further lines."""
    length = b"Content-Length: %d" % len(body)
    return head(*filter(None, (HOST, auth, JSON, length, *lines)), line=b"%b %b HTTP/1.1" % (method, path)) + body


def get(path: bytes, *lines: bytes, host: bytes = HOST, version: bytes = b"HTTP/1.1", auth: bytes = AUTH) -> bytes:
    """A proper request without a body."""
    return head(*filter(None, (host, auth, *lines)), line=b"GET %b %b" % (path, version))


def framed(*lines: bytes, body: bytes) -> bytes:
    """A request whose framing is told by these lines alone."""
    return head(HOST, AUTH, JSON, *lines) + body


def chunks(body: bytes = BODY, size: bytes | None = None, end: bytes = b"0\r\n\r\n") -> bytes:
    """A chunked body in one piece; `size` may lie."""
    return (b"%x" % len(body) if size is None else size) + b"\r\n" + body + b"\r\n" + end


CHUNKED = b"Transfer-Encoding: chunked"

FRAMING = [
    Hostile("length and chunks", framed(b"Content-Length: 4", CHUNKED, body=chunks() + INNER), REFUSED),
    Hostile("chunks and length", framed(CHUNKED, b"Content-Length: 400", body=chunks() + INNER), REFUSED),
    Hostile("two equal lengths", framed(*[b"Content-Length: %d" % len(BODY)] * 2, body=BODY), REFUSED),
    Hostile("two lengths", framed(b"Content-Length: %d" % len(BODY), b"Content-Length: 0", body=BODY + INNER), REFUSED),
    Hostile("two lengths, other order", framed(b"Content-Length: 0", b"Content-Length: 9", body=BODY + INNER), REFUSED),
    Hostile("a list of lengths", framed(b"Content-Length: 0, %d" % len(BODY), body=BODY), REFUSED),
    *[
        Hostile(f"length {text!r}", framed(b"Content-Length: " + text, body=BODY + INNER), REFUSED)
        for text in (
            b"-1", b"+5", b"0x10", b"1e2", b"5 5", b"5x", b"", b"\xef\xbc\x95", b"1_0", b"9" * 30, b"5\x00", b"\x0b5",
        )
    ],
    Hostile("space before the colon", framed(b"Content-Length : 4", body=BODY + INNER), REFUSED),
    *[
        Hostile(f"coding {text!r}", framed(b"Transfer-Encoding: " + text, body=chunks() + INNER), REFUSED)
        for text in (b"xchunked", b"chunked, chunked", b"gzip, chunked", b"chunked, identity", b"identity", b"",
                     b'"chunked"', b"chunked;q=1", b"\x0bchunked", b"chunked\x00", b"cow")
    ],
    Hostile("coding twice", framed(CHUNKED, CHUNKED, body=chunks() + INNER), REFUSED),
    Hostile("coding twice, one unknown", framed(CHUNKED, b"Transfer-Encoding: cow", body=chunks() + INNER), REFUSED),
    Hostile("coding with a space before its colon", framed(b"Transfer-Encoding : chunked", body=chunks()), REFUSED),
    Hostile("coding in capitals", framed(b"TRANSFER-ENCODING: CHUNKED", body=chunks()), SAFE),
    Hostile("coding after a tab", framed(b"Transfer-Encoding:\tchunked", body=chunks()), SAFE),
    Hostile("coding before a tab", framed(b"Transfer-Encoding: chunked\t", body=chunks()), SAFE),
    *[
        Hostile(f"chunk of size {size[:20]!r}", framed(CHUNKED, body=chunks(size=size) + INNER), REFUSED)
        for size in (b"F" * 17, b"1" + b"0" * 400, b"-5", b"+5", b"0x5", b"g", b"", b" ", b"5 5", b"\xb2")
    ],
    Hostile("chunk longer than its size", framed(CHUNKED, body=chunks(size=b"5") + INNER), REFUSED),
    Hostile("chunk with an extension of 1 MB",
            framed(CHUNKED, body=chunks(size=b"%x;a=" % len(BODY) + b"x" * MB)), REFUSED),
    Hostile("chunks ended by a line feed alone",
            framed(CHUNKED, body=b"%x\n%b\n0\n\n" % (len(BODY), BODY) + INNER), REFUSED),
    Hostile("trailers that look like headers",
            framed(CHUNKED, body=chunks(end=b"0\r\nAuthorization: Bearer x\r\nContent-Length: 9\r\n\r\n")), SAFE),
]  # fmt: skip

LINES = [
    Hostile("lines ended by a line feed alone", post().replace(b"\r\n", b"\n"), REFUSED),
    Hostile("one line ended by a line feed alone", post(b"X-A: 1\nX-Evil: 1"), SAFE),
    Hostile("a folded line", post(b"X-A: 1\r\n Transfer-Encoding: chunked"), SAFE),
    Hostile("a folded length", framed(b"Content-Length:\r\n %d" % len(BODY), body=BODY), SAFE),
    Hostile("NUL in a value", post(b"X-A: a\x00b"), REFUSED),
    Hostile("carriage return in a value", post(b"X-A: a\rX-Evil: b"), REFUSED),
    Hostile("another control character in a value", post(b"X-A: a\x01b"), REFUSED),
    Hostile("space in a name", post(b"X A: b"), REFUSED),
    Hostile("an empty name", post(b": b"), REFUSED),
    Hostile("no colon", post(b"X-A"), REFUSED),
    Hostile("a bracket in a name", post(b"X(A): b"), REFUSED),
    Hostile("a name beyond ASCII", post(b"X-\xc3\xa4: b"), REFUSED),
    Hostile("NUL in a name", post(b"Content-Length\x00: 0"), REFUSED),
    Hostile("a space before the first name", head(b" " + HOST, AUTH), REFUSED),
    Hostile("request line of 70 KB", get(b"/api/proxy/openai/v1/" + b"a" * 70_000), REFUSED),
    Hostile("header of 200 KB", post(b"X-A: " + b"a" * 200_000), REFUSED),
    Hostile("10,000 headers", post(*[b"X-%d: 1" % number for number in range(10_000)]), REFUSED),
    Hostile("no version", b"GET /api/proxy/openai/v1/models\r\n\r\n", REFUSED),
    *[
        Hostile(f"version {version!r}", get(b"/api/proxy/openai/v1/models", version=version), REFUSED)
        for version in (b"HTTP/2.0", b"HTTP/1.11", b"HTTP/9.9", b"http/1.1", b"HTTP/1", b"ICE/1.0", b"HTTP/1.1 x")
    ],
    Hostile("HTTP/2 preface in clear", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0", REFUSED),
    Hostile("HTTP/1.0 that stays",
            get(b"/api/proxy/openai/v1/models", b"Connection: keep-alive", version=b"HTTP/1.0"), SAFE, None),
    Hostile("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(80) + b"\r\n\r\n", REFUSED),
    *[
        Hostile(f"method {method!r}", post(method=method), REFUSED)
        for method in (b"TRACE", b"BREW", b"PO\x00ST", b"P(ST", b"OPTIONS", b"PROPFIND")
    ],
    Hostile("a method in small letters", post(method=b"post"), SAFE),
    Hostile("CONNECT", head(HOST, AUTH, line=b"CONNECT evil.example:443 HTTP/1.1"), REFUSED),
    Hostile("OPTIONS of the server", head(HOST, AUTH, line=b"OPTIONS * HTTP/1.1"), REFUSED),
    Hostile("another host as the target", get(b"http://evil.example/api/proxy/openai/v1/models"), SAFE, None),
    Hostile("another scheme as the target", get(b"file:///api/proxy/openai/v1/models"), SAFE, None),
    Hostile("an authority as the target", get(b"evil.example:443"), REFUSED),
    Hostile("a target without a slash", get(b"api/proxy/openai/v1/models"), REFUSED),
    Hostile("a target of two slashes", get(b"//api/proxy/openai/v1/models"), REFUSED),
    Hostile("no host", get(b"/api/proxy/openai/v1/models", host=b"X-A: 1"), SAFE, None),
    Hostile("two hosts", get(b"/api/proxy/openai/v1/models", b"Host: evil.example"), REFUSED),
    Hostile("a host with a user", get(b"/api/proxy/openai/v1/models", host=b"Host: evil@HOST"), SAFE, None),
    Hostile("a host with two ports", get(b"/api/proxy/openai/v1/models", host=b"Host: HOST:80"), SAFE, None),
    Hostile("a request behind a refused one", post(b"X-A: a\x00b") + INNER, REFUSED),
    Hostile("a request inside a body that is too long",
            framed(b"Content-Length: %d" % (40 * MB), body=INNER * 20), 413),
    Hostile("33 MB", framed(b"Content-Length: %d" % (33 * MB), body=b""), 413),
    Hostile("33 MB in chunks", framed(CHUNKED, body=chunks(b"x" * MB, end=b"") * 33 + b"0\r\n\r\n"), 413),
    Hostile("an upgrade to h2c",
            post(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk"), SAFE),
    Hostile("an upgrade to a socket without its key", post(b"Connection: Upgrade", b"Upgrade: websocket"), SAFE),
    Hostile("an expectation nobody knows", post(b"Expect: the unexpected"), SAFE),
]  # fmt: skip

HEADERS = [
    *[
        Hostile(f"{line.decode()}", post(line), PLAIN)
        for line in (
            b"Connection: authorization", b"Connection: content-type, host, accept-encoding, x-api-key",
            b"Connection: close, content-length", b"Keep-Alive: timeout=1", b"Proxy-Connection: keep-alive",
            b"X-Forwarded-For: 127.0.0.1", b"X-Forwarded-Host: evil.example", b"X-Forwarded-Proto: https",
            b"Forwarded: for=127.0.0.1;host=evil.example", b"Via: 1.1 evil", b"X-Real-IP: 127.0.0.1",
            b"X-Host: evil.example", b"X-Original-URL: /admin", b"X-Rewrite-URL: /admin",
            b"X-HTTP-Method-Override: DELETE", b"TE: trailers", b"Trailer: Authorization",
            b"OpenAI-Organization: org-evil", b"OpenAI-Project: proj-evil", b"X-Amz-Security-Token: evil",
            b"X-Amz-Date: 20260101T000000Z", b"X-Goog-User-Project: evil", b"Proxy-Authorization: Basic eA==",
            b"Cookie: sessionid=evil", b"Accept-Encoding: gzip, br, evil", b"User-Agent: evil",
            b"X-ThinkBack-Evil: 1", b"Content-Encoding: identity", b"Range: bytes=0-1",
        )
    ],
    Hostile("gzip bomb", post(b"Content-Encoding: gzip", body=b"\x1f\x8b" + bytes(1000)), 415),
    Hostile("unknown encoding", post(b"Content-Encoding: evil"), 415),
    Hostile("key with a line break behind it",
            post(b"X-ThinkBack-Provider-Key: sk-a", b"X-Evil: 1"), PLAIN),
    Hostile("key with a tab in it", post(b"X-ThinkBack-Provider-Key: sk-a\tb"), SAFE),
    Hostile("key beyond ASCII", post(b"X-ThinkBack-Provider-Key: sk-\xc3\xa4"), SAFE),
    Hostile("two authorizations", post(b"Authorization: Bearer evil"), 400),
    Hostile("two content types", post(b"Content-Type: text/plain"), 400),
    Hostile("another token beside it", post(b"x-api-key: tb_evil"), SAFE),
    Hostile("a token nobody has", post(auth=b"Authorization: Bearer tb_evil"), 401),
    Hostile("a token under another scheme", post(auth=b"Authorization: Basic TOKEN"), 401),
]  # fmt: skip

ORIGINS = [  # https://app.example is on the site's list
    *[
        Hostile(f"origin {origin.decode()}", post(b"Origin: " + origin), 403)
        for origin in (
            b"null", b"https://evil.example", b"http://app.example", b"HTTPS://app.example", b"https://APP.example",
            b"https://app.example.evil.example", b"https://evilapp.example", b"https://sub.app.example",
            b"https://app.example.", b"https://app.example:443", b"https://app.example:8443", b"https://app.example/",
            b"https://evil@app.example", b"https://app.example%00.evil.example", b"file://", b"https://", b"*",
            b"https://app.example https://evil.example", b"https://app.example, https://evil.example",
        )
    ],
    Hostile("two origins", post(b"Origin: https://app.example", b"Origin: https://evil.example"), 400),
    Hostile("a cookie from another site", post(b"Cookie: sessionid=x", b"Sec-Fetch-Site: cross-site", auth=b""), 401),
    Hostile("a cookie from a link", post(b"Cookie: sessionid=x", b"Sec-Fetch-Dest: document", auth=b""), 401),
    Hostile("a cookie from its own origin alone",
            post(b"Cookie: sessionid=x", b"Host: evil.example", b"Origin: http://evil.example", auth=b""), 400),
    Hostile("a preflight of another origin",
            head(HOST, b"Origin: https://evil.example", b"Access-Control-Request-Method: POST",
                 line=b"OPTIONS " + PATH + b" HTTP/1.1"), 403),
]  # fmt: skip

ROOT = b"/api/proxy/openai/"
PATHS = [
    *[
        Hostile(f"path {path.decode('latin-1')}", get(ROOT + path), REFUSED)
        for path in (
            b"..", b"../anthropic/v1/models", b"v1/../../evil", b"v1/./models", b"%2e%2e/evil", b"v1/%2e%2e%2fevil",
            b"v1/%252e%252e/evil", b"v1/%25252e%25252e/evil", b"v1/..%5cevil", b"v1/%5c..%5cevil", b"v1\\..\\evil",
            b"v1/..;/evil", b"v1/%2e%2e;x=1/evil", b"v1/..%00/evil", b"v1/models%00", b"v1/%0d%0aX-Evil:%201",
            b"v1/%c0%ae%c0%ae/evil", b"v1/%e0%80%ae/evil", b"v1/%ff", b"v1/\xff", b"v1/\xe2\x80\xae",
            b"/evil.example/v1", b"%2fevil.example", b"http://evil.example/v1", b"v1/%zz", b"v1/%",
            b"v1/a b", b"v1/a#b", b"v1/\x7f", b"v1/<a>", b"v1/{a}", b'v1/"a"',
        )
    ],
    *[
        Hostile(f"slug {slug.decode('latin-1')}", get(b"/api/proxy/" + slug + b"/v1/models"), REFUSED)
        for slug in (b"", b".", b"..", b"%2e%2e", b"openai%00", b"openai%2f..", b"OPENAI", b"a" * 65, b"-",
                     b"custom/..")
    ],
]  # fmt: skip

LEAKS = [  # a token that is not where it can be cut out
    Hostile(f"query {query.decode()}", get(ROOT + b"v1/models?" + query), REFUSED)
    for query in (
        b";key=TOKEN", b"a=1;key=TOKEN", b"k%2565y=TOKEN", b"k%252565y=TOKEN", b"KEY=TOKEN", b"key[]=TOKEN",
        b"api_key=TOKEN", b"access_token=TOKEN", b"a=Bearer+TOKEN", b"a=Bearer%20TOKEN", b"TOKEN",
        b"a=%2574b_%2574TOKEN", b"a=TOKEN&key=TOKEN",
    )
]  # fmt: skip

QUERIES = [
    *[
        Hostile(f"query {query.decode()}", get(ROOT + b"v1/models?" + query, auth=b""), PLAIN, None)
        for query in (b"key=TOKEN", b"k%65y=TOKEN", b"key=x&key=TOKEN", b"key=TOKEN&key=TOKEN", b"a=1&key=TOKEN&b=2")
    ],
    Hostile("query ;key=TOKEN and no other", get(ROOT + b"v1/models?;key=TOKEN", auth=b""), 400),
    Hostile("query with a line break", get(ROOT + b"v1/models?a=%0d%0aX-Evil:%201"), SAFE, None),
    Hostile("query with an address", get(ROOT + b"v1/models?a=http://evil.example/#@b"), SAFE, None),
]  # fmt: skip


def odd(why: str, body: bytes) -> Hostile:
    """A body that a parser could stumble over; the provider gets it as it is, or nobody does."""
    return Hostile(why, post(body=body), SAFE, body)


BODIES = [
    odd("JSON 10,000 deep", b'{"model":"m","messages":' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
    odd("JSON 100,000 deep, never closed", b'{"model":' * 100_000),
    odd("a name twice", b'{"model":"m","model":"n","stream":false,"stream":true,"stream":false}'),
    odd("a number of 10,000 digits", b'{"model":"m","max_tokens":' + b"9" * 10_000 + b"}"),
    odd("a number beyond all", b'{"model":"m","max_tokens":1e99999}'),
    odd("a negative number", b'{"model":"m","max_tokens":-5}'),
    odd("no number", b'{"model":"m","max_tokens":NaN,"n":Infinity}'),
    odd("half a surrogate pair", b'{"model":"\\ud800"}'),
    odd("NUL in a model", b'{"model":"a\\u0000b"}'),
    odd("a model of 1 MB", b'{"model":"' + b"a" * MB + b'"}'),
    odd("a model that is an object", b'{"model":{"$ne":null}}'),
    odd("not UTF-8", b'{"model":"\xff\xfe"}'),
    odd("a byte order mark", b"\xef\xbb\xbf" + BODY),
    odd("UTF-16", BODY.decode().encode("utf-16")),
    odd("no JSON", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"),
    Hostile("a body with GET", post(method=b"GET", path=ROOT + b"v1/models"), SAFE),
]

TABLE = [*FRAMING, *LINES, *HEADERS, *ORIGINS, *PATHS, *LEAKS, *QUERIES, *BODIES]
