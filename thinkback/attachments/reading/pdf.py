"""The text of a PDF: its first pages, as long as there is time."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from thinkback.attachments.reading.found import PAGES_MOST, TEXT_MOST, Found, Unusable, clipped

ENOUGH = 12.0  # seconds after which no further page is begun
logging.getLogger("pypdf").setLevel(logging.CRITICAL)
# What pypdf raises for files that are no proper PDF, besides its own errors.
DAMAGED = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, ArithmeticError, RecursionError,
           AssertionError, NotImplementedError, OSError)  # fmt: skip


def read(given: Path) -> Found:
    """What its pages say. Raises Unusable."""
    end = time.monotonic() + ENOUGH
    try:
        reader = PdfReader(given, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unusable("locked")
        count = len(reader.pages)
    except DAMAGED as error:
        raise Unusable("damaged", "PDF") from error
    if not count:
        raise Unusable("damaged", "PDF")
    said: list[str] = []
    length = read_pages = 0
    for index in range(min(count, PAGES_MOST)):
        if time.monotonic() > end or length > TEXT_MOST:
            break
        said.append(_page(reader, index))
        length += len(said[-1])
        read_pages += 1
    text, shortened = clipped("\n\n".join(filter(None, said)))
    return Found("document", "application/pdf", text=text, pages=count, pages_read=read_pages, shortened=shortened)


def _page(reader: PdfReader, index: int) -> str:
    """One page's text; nothing where it cannot be read."""
    try:
        page: PageObject = reader.pages[index]
        return (page.extract_text() or "").strip()
    except DAMAGED:
        return ""
