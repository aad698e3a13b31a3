"""How many tokens an interrupted answer may have cost, when its provider had no time to say. Rough, and so marked."""

from __future__ import annotations

import re

BYTES_PER_TOKEN = 4
BLOB = 2000  # bytes
HEAD = 8 * 1024  # bytes of an answer that are looked at, to learn how much of it is text
TEXT = re.compile(
    rb'"(?:content|text|delta|reasoning|reasoning_content|thinking|partial_json|arguments|response)"\s*:\s*'
    rb'"((?:[^"\\]|\\.)*)"'
)

ERROR = re.compile(rb'"error"\s*:\s*[{"]')


def input_tokens(body: bytes) -> int:
    """The tokens of a prompt of that size, without its images and files: long strings that hold no space."""
    blobs = sum(len(part) for part in body.split(b'"') if len(part) >= BLOB and b" " not in part[:BLOB])
    return -(-(len(body) - blobs) // BYTES_PER_TOKEN)


def output_tokens(head: bytes, size: int) -> int | None:
    """The tokens of the text in an answer of that size, of which this is the beginning; None when it holds none.

    The share of text in the first bytes is taken for the whole. What tells of an error is no text of the answer.
    """
    head = head[:HEAD]
    failed = ERROR.search(head)
    if failed is not None:
        head, size = head[: failed.start()], failed.start()
    text = sum(len(match[1]) for match in TEXT.finditer(head))
    return -(-text * size // (len(head) * BYTES_PER_TOKEN)) if text else None
