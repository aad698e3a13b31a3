"""The text of an HTML page, without what is not read: scripts, styles, pictures.

What comes out is text and treated as that, so tags need not be understood as browsers do: they are only passed over, in
linear time, which parsers of real HTML do not promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

RAW = ("script", "style", "textarea", "title", "noscript", "template")  # all up to their end, or the page's
DRAWN = ("svg", "math", "iframe", "object", "select")
ENDS = {name: re.compile(rf"</{name}[\s>]", re.IGNORECASE) for name in (*RAW, *DRAWN)}
NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,30})")
INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "input", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt",
    "u", "var", "wbr",
})  # fmt: skip
BEFORE = {"li": "\n- ", "td": " | ", "th": " | "}
CLOSED_ALONE = frozenset(BEFORE)
GAPS = re.compile(r"\n{3,}")
LONGEST_TITLE = 500  # characters


def from_html(html: str) -> str:
    """The title, then the text, its blocks on lines of their own."""
    title: list[str] = []
    body = unescape("".join(_pieces(html, title)))
    lines = (" ".join(line.split()) for line in body.split("\n"))
    text = GAPS.sub("\n\n", "\n".join(lines)).strip()
    heading = " ".join(unescape("".join(title[:1]))[:LONGEST_TITLE].split())
    return f"# {heading}\n\n{text}" if heading else text


def _pieces(html: str, title: list[str]) -> Iterator[str]:
    """Text and line breaks, in order; the titles found on the way are put aside."""
    at = 0
    endless: set[str] = set()
    while (start := html.find("<", at)) >= 0:
        yield _flat(html[at:start])
        found = NAME.match(html, start)
        if found is None:
            at = _after_other(html, start)
            if at == start + 1:
                yield "<"
            continue
        at = html.find(">", start) + 1
        if at == 0:
            return
        name = found[2].lower()
        yield _space(name, closing=bool(found[1]))
        if name in ENDS and not found[1]:
            start, at = at, _end_of(name, html, at, endless)
            if name == "title":
                title.append(html[start:at])
    yield _flat(html[at:])


def _end_of(name: str, html: str, at: int, endless: set[str]) -> int:
    """Where the content of something that is not read ends."""
    found = None if name in endless else ENDS[name].search(html, at)
    if found is not None:
        return found.start()
    endless.add(name)  # not looked for again, which would take quadratic time
    return len(html) if name in RAW else at


def _after_other(html: str, start: int) -> int:
    """Where a comment, a declaration or a lone sign ends."""
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else len(html)
    if html.startswith(("<!", "<?", "</"), start):
        end = html.find(">", start)
        return end + 1 if end >= 0 else len(html)
    return start + 1


def _flat(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ")


def _space(name: str, *, closing: bool) -> str:
    if name in INLINE or (closing and name in CLOSED_ALONE):
        return ""
    return "\n" if closing else BEFORE.get(name, "\n")
