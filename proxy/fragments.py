"""Finds pieces of a secret in a text however they are spelled: escaped, encoded, split up, in other letters.

The text is decoded round by round. In each round everything but letters and digits is left out, so that nothing
between two characters hides them; base64 and hex are met by spelling the secret that way too.
"""

from __future__ import annotations

import binascii
import html
import re
import string
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property

Span = tuple[int, int]  # from here to before there
Needle = tuple[bytes, int]  # what is looked for, and how much of it in a row gives it away

WINDOW = 8  # so many characters of a secret in a row give it away
SHORTEST = 8  # characters of which a piece is looked for; a shorter secret is met as a whole word
BLOCK = 4
ROUNDS = 5
SHORT = 200  # characters
PATIENCE = 4000  # false hits: what has more of them was made to have them
SLACK = 100  # characters: few ordinary texts grow when they are decoded
ALPHABET = (string.ascii_letters + string.digits).encode()
LOWER = bytes(range(256)).lower()
OTHERS = bytes(range(256)).translate(None, ALPHABET)
MOST = 100  # pieces: whoever says them more often does not mean to tell an error
SPACE = "bfnrt"  # what these stand for behind a backslash

# However often it was escaped in the same way: `%2573`, `&amp;#115;` and `\\\\u0073` take a single round.
ESCAPE = re.compile(
    r"(?:%(?:25)*+|\\++(?:x|U0{6})|0x)([0-9A-Fa-f]{2})"
    r"|(?:%(?:25)*|\\+)u([0-9A-Fa-f]{4})"
    r"|(?:\\+u\{|&(?:amp;)*#[xX])0*([0-9A-Fa-f]{1,6})[;}]?"
    r"|&(?:amp;)*#0*([0-9]{1,7});?"
    r"|\\+([0-3][0-7]{2})"
    r"|\\+(.)"
    r"|(&[A-Za-z][A-Za-z0-9]{1,31};)"
    r"|([^\x00-\x7f]+)",
    re.DOTALL,
)
BASES = {1: 16, 2: 16, 3: 16, 4: 10, 5: 8}  # of the numbers in its groups
BACKSLASH, ENTITY = 6, 7


class Needles:
    """One secret in its spellings. `words` are looked for among letters and digits, `token` among its own signs too."""

    def __init__(self, secret: str, window: int) -> None:
        self.given = given = secret.encode("ascii", "ignore")
        self.window = window
        # All spellings in one, for a short text; where two of them meet it may say yes for nothing.
        every = given + given.hex().encode() + mixed(given, 0) + mixed(given, 1) + mixed(given, 2)
        self.samples = [(OTHERS, every.translate(LOWER, OTHERS))]
        self.plain = plain = given.lower()
        self.own = plain.translate(None, ALPHABET)
        self.others = OTHERS
        if self.own:
            self.others = OTHERS.translate(None, self.own)
            self.samples.append((self.others, plain))

    @cached_property
    def token(self) -> list[Needle]:
        """The secret with the signs in it, if there are any."""
        return [(self.plain, self.window)] if self.own else []

    @cached_property
    def words(self) -> list[Needle]:
        """The secret by itself, in hexadecimal, and within base64."""
        plain, hexadecimal = self.plain.translate(None, self.own), self.given.hex().encode()
        words = [(plain, self.window), (hexadecimal, 2 * self.window)]
        return words + [(text, max((8 * self.window - 4) // 6, BLOCK)) for text in in_base64(self.given)]

    def spans(self, text: str) -> list[Span]:
        """Where pieces of the secret stand in a text that needs no decoding. Raises Overrun."""
        raw = text.encode("ascii", "ignore")
        if len(raw) < SHORT and not self._touches(raw):
            return []
        spans = placed(text, OTHERS, found(raw.translate(LOWER, OTHERS), self.words))
        if self.token:
            spans += placed(text, self.others, found(raw.translate(LOWER, self.others), self.token))
        return spans

    def _touches(self, raw: bytes) -> bool:
        """Whether a short text may hold a piece: it is cheaper to look for samples of it in the needles."""
        stride = self.window - BLOCK + 1
        for others, sought in self.samples:
            text = raw.translate(LOWER, others)
            for at in range(0, len(text) - BLOCK + 1, stride):
                if text[at : at + BLOCK] in sought:
                    return True
        return False


class Overrun(Exception):
    """The text was made to be searched without an end."""


def find(text: str, secrets: Iterable[Needles]) -> list[Span]:
    """Where a text holds pieces of secrets, in order and apart from one another. Raises Overrun."""
    known = list(secrets)
    if len(text) < SHORT and not is_escaped(text):  # nearly every text that is good
        return merged([span for needles in known for span in needles.spans(text)])
    spans: list[Span] = []
    before: list[str] = []
    for _ in range(ROUNDS):
        hits = [span for needles in known for span in needles.spans(text)]
        for parent in reversed(before):
            hits = traced(parent, hits)
        spans += hits
        decoded = ESCAPE.sub(decode, text) if is_escaped(text) else text
        if decoded == text:
            return merged(spans)
        if len(decoded) > 2 * len(text) + SLACK:
            raise Overrun
        before.append(text)
        text = decoded
    raise Overrun


def is_escaped(text: str) -> bool:
    """Whether a text may hold an escape, each of which begins with one of these signs; most hold none."""
    return not text.isascii() or "%" in text or "\\" in text or "&" in text or "0x" in text


def decode(match: re.Match[str]) -> str:
    """The character that an escape stands for; the plain letters for those of other alphabets and widths."""
    kind = match.lastindex or 0
    text: str = match[kind]
    base = BASES.get(kind)
    if base is not None:
        code = int(text, base)
        return chr(code) if code <= sys.maxunicode else " "
    if kind == BACKSLASH:
        return " " if text in SPACE else text
    if kind == ENTITY:
        return html.unescape(text)
    return unicodedata.normalize("NFKC", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def in_base64(secret: bytes) -> Iterator[bytes]:
    """The secret within base64, behind 0, 1 or 2 bytes of something else: the characters that are its own alone."""
    for others, shared in enumerate((0, 2, 3)):
        text = mixed(secret, others)
        whole = text.rstrip(b"=")
        own = whole[shared : -1 if whole != text else None]
        yield own.translate(LOWER, OTHERS)


def mixed(secret: bytes, others: int) -> bytes:
    """The base64 of a secret behind so many other bytes."""
    return binascii.b2a_base64(b"\0" * others + secret, newline=False)


def placed(text: str, others: bytes, spans: list[Span]) -> list[Span]:
    """Spans of a text without all those others → spans of the text with them."""
    if not spans:
        return []
    left_out = others.decode("latin-1")
    places = [place for place, character in enumerate(text) if character < "\x80" and character not in left_out]
    return [(places[start], places[end - 1] + 1) for start, end in spans]


def found(text: bytes, needles: Iterable[tuple[bytes, int]]) -> list[Span]:
    """The longest pieces of the needles in a text, if they are as long as their windows. Raises Overrun."""
    spans: list[Span] = []
    rest, misses = bytearray(text), 0
    for needle, window in needles:
        for at in range(0, len(needle) - BLOCK + 1, max(window - BLOCK + 1, 1)):
            start = rest.find(needle[at : at + BLOCK])
            while start >= 0:
                first, last = grown(rest, start, needle, at)
                if last - first >= window:
                    spans.append((first, last))
                    rest[first:last] = bytes(last - first)  # found once is enough
                else:
                    misses += 1
                start = rest.find(needle[at : at + BLOCK], start + 1)
            if misses > PATIENCE or len(spans) > MOST:
                raise Overrun
    return spans


def grown(text: bytearray, start: int, needle: bytes, at: int) -> Span:
    """How far a text and a needle agree around the block in which they do."""
    before = 0
    while before < min(start, at) and text[start - before - 1] == needle[at - before - 1]:
        before += 1
    after, room = BLOCK, min(len(text) - start, len(needle) - at)
    while after < room and text[start + after] == needle[at + after]:
        after += 1
    return start - before, start + after


def traced(parent: str, spans: list[Span]) -> list[Span]:
    """Spans of a decoded text → spans of the text that it was decoded from, in whole escapes."""
    if not spans:
        return []
    begins, edits = [], []
    shift = 0
    for match in ESCAPE.finditer(parent):
        size = len(decode(match))
        begins.append(match.start() + shift)
        edits.append((match.start() + shift + size, match.start(), match.end()))
        shift += size - (match.end() - match.start())

    def origin(place: int) -> Span:
        number = bisect_right(begins, place) - 1
        if number < 0:
            return place, place + 1
        end, first, last = edits[number]
        return (first, last) if place < end else (last + place - end, last + place - end + 1)

    return [(origin(start)[0], origin(end - 1)[1]) for start, end in spans]


def merged(spans: list[Span]) -> list[Span]:
    """The spans in order, those that touch as one."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((start, end))
    return whole
