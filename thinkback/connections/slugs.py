"""The name of a configuration in addresses: `openai`, `openai-2`, or the slugified name of a custom one."""

from __future__ import annotations

import re
from collections.abc import Container

from django.utils.text import slugify

CUSTOM = "custom"
RESERVED = frozenset({CUSTOM, "new", "kinds"})  # words of our own addresses
LONGEST = 64
_FORM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_valid(slug: str) -> bool:
    """Whether this may be a slug: small letters, digits, single hyphens between them, at most 64."""
    return len(slug) <= LONGEST and slug not in RESERVED and _FORM.fullmatch(slug) is not None


def name_of_another(label: str, taken: Container[str]) -> str:
    """What a new configuration is called unless its user says: the first that is free of `OpenAI`, `OpenAI 2`, …"""
    name, number = label, 1
    while name in taken:
        number += 1
        name = f"{label} {number}"
    return name


def propose(kind: str, name: str, taken: Container[str]) -> str:
    """The slug for a new configuration: the first that is free of `openai`, `openai-2`, `openai-3`, …"""
    stem = slugify(name.replace("_", "-")) if kind == CUSTOM else slugify(kind.replace("_", "-"))
    stem = stem[: LONGEST - 4].strip("-") or "provider"
    slug, number = stem, 1
    while slug in taken or slug in RESERVED:
        number += 1
        slug = f"{stem}-{number}"
    return slug
