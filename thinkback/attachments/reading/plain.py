"""Text files: in which encoding they were written, and what they say."""

from __future__ import annotations

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from thinkback.attachments.reading.found import TEXT_MOST, Found, Unusable, clipped

MOST = 4 * TEXT_MOST + 4  # bytes that are read: no encoding needs more for what is kept
SAMPLE = 64 * 1024  # bytes by which an encoding is guessed
LIKELY = [  # encodings that people still have files in
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "gb18030", "big5", "shift_jis",
    "euc_jp", "cp949", "cp437",
]  # fmt: skip
MARKS = {  # the longer ones first: one begins with another
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ALLOWED = frozenset("\t\n\r\f\v\b\x1b\x85")  # the last but one colours what terminals print


def read(given: Path) -> Found:
    """What it says. Raises Unusable for what is no text."""
    with given.open("rb") as file:
        data = file.read(MOST)
        more = bool(file.read(1))
    text = _decoded(data)
    if text is None:
        raise Unusable("unsupported")
    text, shortened = clipped(text.replace("\r\n", "\n").replace("\r", "\n"))
    return Found("text", "text/plain", text=text, shortened=shortened or more)


def _decoded(data: bytes) -> str | None:
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), None) or _guessed(data)
    if encoding is None:
        return None
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(data)  # the last character may be cut in two
    except UnicodeError:
        return None
    controls = sum(1 for char in text[:SAMPLE] if (char < " " or "\x7f" <= char < "\xa0") and char not in ALLOWED)
    return text if controls * 200 <= len(text[:SAMPLE]) else None


def _guessed(data: bytes) -> str | None:
    """UTF-8 where it fits; else UTF-16 where every other byte is none, else what the letters look like."""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(data)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8" if b"\0" not in data else _wide(data)
    if b"\0" in data:
        return _wide(data)
    best = from_bytes(data[:SAMPLE], cp_isolation=LIKELY).best()
    return None if best is None else best.encoding


def _wide(data: bytes) -> str | None:
    half = len(data[:SAMPLE]) // 2
    if data[1:SAMPLE:2].count(0) > half * 0.7 and data[:SAMPLE:2].count(0) < half * 0.05:
        return "utf-16-le"
    if data[:SAMPLE:2].count(0) > half * 0.7 and data[1:SAMPLE:2].count(0) < half * 0.05:
        return "utf-16-be"
    return None
