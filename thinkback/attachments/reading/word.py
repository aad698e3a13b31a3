"""The text of a Word document (DOCX): its paragraphs and tables, from the one part of the archive that has them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError
from xml.etree.ElementTree import fromstring as parsed

from thinkback.attachments.reading.found import Found, Unusable, clipped

PART = "word/document.xml"
PART_MOST = 30_000_000  # bytes that it may unpack to
SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def read(given: Path) -> Found:
    """What it says. Raises Unusable for any other archive, for damaged ones and for those that unpack to too much."""
    try:
        with zipfile.ZipFile(given) as archive:
            if PART not in archive.namelist():
                raise Unusable("unsupported", "a ZIP archive")
            with archive.open(PART) as part:
                data = part.read(PART_MOST + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unusable("damaged", "document") from error
    if len(data) > PART_MOST:
        raise Unusable("unpacks_to_too_much")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:64]:  # no Word writes those
        raise Unusable("damaged", "document")
    try:
        body = parsed(data).find(f"{SPACE}body")  # noqa: S314 - without a DOCTYPE nothing can be expanded
    except (ParseError, ValueError, RecursionError) as error:
        raise Unusable("damaged", "document") from error
    text, shortened = clipped("\n".join(_lines(body)) if body is not None else "")
    return Found("document", MEDIA_TYPE, text=text, shortened=shortened)


def _lines(body: Element) -> Iterator[str]:
    """A line for each paragraph, and for each row of a table."""
    for part in body:
        if part.tag == f"{SPACE}p":
            yield _words(part)
        elif part.tag == f"{SPACE}tbl":
            for row in part.iter(f"{SPACE}tr"):
                yield "\t".join(_words(cell) for cell in row.iter(f"{SPACE}tc"))
        elif part.tag == f"{SPACE}sdt":
            yield from (_words(paragraph) for paragraph in part.iter(f"{SPACE}p"))


def _words(part: Element) -> str:
    marks = {f"{SPACE}tab": "\t", f"{SPACE}br": "\n"}
    return "".join((node.text or "") if node.tag == f"{SPACE}t" else marks.get(node.tag, "") for node in part.iter())
