"""Takes what is secret out of the errors and headers that providers send: many of them echo a part of the key."""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection

import httpx

from providers import MARK, TRACES, ProviderError
from proxy import filtering
from proxy.fragments import SHORTEST, WINDOW, Needles, Overrun, find

MAXIMUM = 64 * 1024  # bytes of an error body
LONG = 4  # characters; what is shorter is no secret, and would be found anywhere
ENDS = 3  # characters of either end of a secret that are not shown beside a mask
WORD = re.compile(r"[A-Za-z0-9_\-]{6,}")
SHAPED = re.compile(TRACES)
# A plain character that JSON need not escape, or one that masks; not behind an escaped backslash.
ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u(00(?!22|5[cC]|7[fF])[2-7][0-9A-Fa-f]|2022|2026)")
MASKED = re.compile(r"((?:(?<![A-Za-z0-9_\-])[A-Za-z0-9_\-]++)?)(?:[*•…·#]++|\.\.++)([A-Za-z0-9_\-]*+)")
# Of which the names of the limits are made that services tell.
WORDS = re.compile(rb"(?:(?:anthropic|x|ratelimit|limit|remaining|reset|requests|tokens|input|output)(?:-|$))*")
USUAL = frozenset({  # media types that all services give
    b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8", b"text/event-stream",
    b"text/event-stream; charset=utf-8", b"text/event-stream;charset=utf-8",
})  # fmt: skip
Headers = list[tuple[bytes, bytes]]


class Secrets:
    """The key of one attempt and its connection's own headers. They live as long as it does, and show in no repr."""

    def __init__(self, key: str | None = None, headers: Collection[str] = ()) -> None:
        self._secrets = [secret for secret in (key, *headers) if secret and len(secret) >= LONG]
        self._sought = (key or "", tuple(headers))
        self._half = min(WINDOW, (len(key or "") + 1) // 2)  # of a short key gives it away
        self._spelled: tuple[list[Needles], list[Needles]] | None = None

    @property
    def _key(self) -> list[Needles]:
        return self._spelled_out()[0]

    @property
    def _needles(self) -> list[Needles]:
        return self._spelled_out()[1]

    def _spelled_out(self) -> tuple[list[Needles], list[Needles]]:
        """The key as it is looked for, and all secrets: spelled out once something must be looked at."""
        if self._spelled is None:
            key, headers = self._sought
            sought = [Needles(key, self._half)] if len(key) >= SHORTEST else []
            self._spelled = sought, sought + [Needles(value, WINDOW) for value in headers if len(value) >= SHORTEST]
        return self._spelled

    def redact(self, text: str) -> str:
        """The text without the secrets, pieces of them in any spelling, and whatever looks like a key or an account."""
        if "\\u" in text:
            text = ESCAPE.sub(lambda match: match[1] + chr(int(match[2], 16)), text)
        text = SHAPED.sub(MARK, WORD.sub(self._judge, MASKED.sub(self._unmask, text)))
        for secret in self._secrets:
            if len(secret) < SHORTEST:
                text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MARK, text)
        try:
            spans = find(text, self._needles)
        except Overrun:
            return MARK
        places = [0, *(place for span in spans for place in span), len(text)]
        return MARK.join([text[start:end] for start, end in zip(places[::2], places[1::2], strict=True)])

    def hold(self, text: str) -> bool:
        """Whether the text holds a piece of a secret, in any spelling."""
        return holds(text, self._needles)

    def hold_key(self, text: str) -> bool:
        """Whether the text holds a piece of the key, in any spelling."""
        return holds(text, self._key)

    def absent(self, headers: Headers) -> Headers:
        """The headers, under lower-case names, without those that hold a piece of a secret."""
        doubts = doubtful(headers, self._half)
        if not doubts or not self.hold(doubts):
            return headers
        return [item for item in headers if not self._betrayed(*item)]

    def _betrayed(self, name: bytes, value: bytes) -> bool:
        """Whether a header holds a piece. Its media type may well be what the connection's own headers name too."""
        needles = self._key if name == b"content-type" else self._needles
        return holds(f"{name!r}\n{value!r}", needles)

    def clean(self, failure: ProviderError) -> None:
        """Take what is secret out of a failure's words."""
        failure.message = self.redact(failure.message)
        failure.args = (failure.message,)
        failure.code = None if failure.code is None else self.redact(failure.code)

    def _judge(self, match: re.Match[str]) -> str:
        return MARK if any(match[0] in secret for secret in self._secrets) else match[0]

    def _unmask(self, match: re.Match[str]) -> str:
        first, last = match.groups()
        begins = len(first) >= ENDS and any(secret.startswith(first) for secret in self._secrets)
        ends = len(last) >= ENDS and any(secret.endswith(last) for secret in self._secrets)
        return MARK if begins or ends else match[0]


def holds(text: str, needles: list[Needles]) -> bool:
    """Whether the text holds a piece of what is looked for."""
    try:
        return bool(needles) and bool(find(text, needles))
    except Overrun:
        return True


def doubtful(headers: Headers, least: int) -> str:
    """What of some headers might hold a piece of a secret: nothing too short for it, and no words that all give."""
    names = b"-".join([name for name, _ in headers if name not in filtering.ALLOWED])
    values = [value for _, value in headers if len(value) >= least and value.lower() not in USUAL]
    return b"\n".join(values if WORDS.fullmatch(names) else [names, *values]).decode("latin-1")


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
