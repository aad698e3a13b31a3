"""Takes what is secret out of the error bodies that providers send: many of them echo a part of the key."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

import httpx

from providers import MARK, TRACES

MAXIMUM = 64 * 1024  # bytes of an error body
SHORTEST = 8  # characters of a key that is looked for in headers
WORD = re.compile(r"[A-Za-z0-9_\-]{6,}")
SHAPED = re.compile(TRACES)
ESCAPE = re.compile(r"\\u00(?!22|5[cC]|7[fF])([2-7][0-9A-Fa-f])")  # a plain character that JSON need not escape


class Secrets:
    """The secrets of one attempt. They live as long as the attempt does, and show in no repr."""

    def __init__(self, secrets: Iterable[str | None]) -> None:
        self._secrets = [secret for secret in secrets if secret]

    def redact(self, text: str) -> str:
        """The text without the secrets, pieces of them, and whatever looks like a key or an account."""
        text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
        for secret in self._secrets:
            text = text.replace(secret, MARK)
        return SHAPED.sub(MARK, WORD.sub(self._judge, text))

    def absent(self, headers: httpx.Headers) -> httpx.Headers:
        """The headers without those that hold a secret; one too short to be a key would be found anywhere."""
        long = [secret.encode() for secret in self._secrets if len(secret) >= SHORTEST]
        values = b"\n".join([value for _, value in headers.raw])
        if not any(secret in values for secret in long):
            return headers
        return httpx.Headers([item for item in headers.raw if not any(secret in item[1] for secret in long)])

    def _judge(self, match: re.Match[str]) -> str:
        return MARK if any(match[0] in secret for secret in self._secrets) else match[0]


def readable(headers: httpx.Headers, body: bytes) -> bytes | None:
    """An error body without its content encoding; None when it is too long, or not text in UTF-8 or its like."""
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding in ("gzip", "deflate"):
        try:
            body = zlib.decompressobj(wbits=47).decompress(body, MAXIMUM + 1)
        except zlib.error:
            return None
    elif encoding not in ("identity", ""):
        return None
    return body if len(body) <= MAXIMUM and b"\0" not in body else None
