"""The ways in which an upstream may say a key again, and what of them would give it away."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

WINDOW = 8  # characters of a key in a row that give it away


@dataclass(frozen=True)
class Spelling:
    """How a piece of a key is written, and what must not remain of it."""

    write: Callable[[str], str]
    traces: Callable[[str], list[str]]


def each(spell: Callable[[str], str], between: str = "") -> Spelling:
    """Every character by itself."""

    def traces(piece: str) -> list[str]:
        windows = [piece[at : at + WINDOW] for at in range(len(piece) - WINDOW + 1)]
        return [between.join(map(spell, window)) for window in windows]

    return Spelling(lambda piece: between.join(map(spell, piece)), traces)


def in_base64(before: str, safe: bool = False, lines: int = 0) -> Spelling:
    """All of it in base64, behind something else."""

    def write(piece: str) -> str:
        raw = (before + piece).encode()
        text = (base64.urlsafe_b64encode if safe else base64.b64encode)(raw).decode()
        return "\r\n".join(text[at : at + lines] for at in range(0, len(text), lines)) if lines else text

    def traces(piece: str) -> list[str]:
        first = -(-len(before) * 8 // 6)
        text = write(piece).rstrip("=")[first:]
        return [text[at : at + 12] for at in range(len(text) - 11)]

    return Spelling(write, traces)


def every_third(character: str) -> str:
    """Some of the characters escaped and some not, by what they are."""
    return f"%{ord(character):02X}" if ord(character) % 3 == 0 else character


SPELLINGS = {
    "as it is": each(str),
    "in capitals": each(str.upper),
    "percent": each(lambda c: f"%{ord(c):02x}"),
    "percent in capitals": each(lambda c: f"%{ord(c):02X}"),
    "percent in part": each(every_third),
    "percent twice": each(lambda c: f"%25{ord(c):02x}"),
    "percent five times": each(lambda c: f"%25252525{ord(c):02x}"),
    "percent and u": each(lambda c: f"%u{ord(c):04x}"),
    "JSON": each(lambda c: f"\\u{ord(c):04x}"),
    "JSON twice": each(lambda c: f"\\\\u{ord(c):04X}"),
    "JSON in part": each(lambda c: f"\\u{ord(c):04x}" if ord(c) % 2 else c),
    "JSON of percent": each(lambda c: f"\\u0025{ord(c):02x}"),
    "backslashes": each(lambda c: f"\\{c}" if not c.isalnum() else c),
    "Python": each(lambda c: f"\\x{ord(c):02x}"),
    "JavaScript": each(lambda c: f"\\u{{{ord(c):x}}}"),
    "octal": each(lambda c: f"\\{ord(c):03o}"),
    "C": each(lambda c: f"0x{ord(c):02x}", ", "),
    "HTML": each(lambda c: f"&#{ord(c)};"),
    "HTML in hex": each(lambda c: f"&#x{ord(c):X};"),
    "HTML with zeros": each(lambda c: f"&#00{ord(c)};"),
    "HTML twice": each(lambda c: f"&amp;#{ord(c)};"),
    "HTML of percent": each(lambda c: f"&percnt;{ord(c):02x}"),
    "hex": each(lambda c: f"{ord(c):02x}"),
    "hex in capitals": each(lambda c: f"{ord(c):02X}"),
    "hex with colons": each(lambda c: f"{ord(c):02x}", ":"),
    "spaced": each(str, " "),
    "one below the other": each(str, "\r\n"),
    "line ends in JSON": each(str, "\\n"),
    "zero width": each(str, "\u200b"),
    "zero width in JSON": each(str, "\\u200b"),
    "soft hyphens": each(str, "&shy;"),
    "dashed": each(str, "-"),
    "quoted": each(str, '", "'),
    "full width": each(lambda c: chr(ord(c) + 0xFEE0)),
    "full width in JSON": each(lambda c: f"\\u{ord(c) + 0xFEE0:04x}"),
    "base64": in_base64(""),
    "base64 behind one": in_base64(":"),
    "base64 behind two": in_base64("u:"),
    "base64 behind five": in_base64("user:"),
    "base64 for addresses": in_base64(">>?", safe=True),
    "base64 in lines": in_base64("", lines=16),
}
