"""The models of Vertex AI's Model Garden, and what its list does not tell of them.

https://cloud.google.com/vertex-ai/generative-ai/docs/models
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from providers._base import Model
from providers._google.format import OTHER_USES
from providers._google.thinking import can_think, draws

NAME = re.compile(r"publishers/(google|anthropic)/models/([^/]{1,200})")
DATED = re.compile(r"\d{8}")
CONTEXTS = (
    (re.compile(r"gemini-1\.5-pro"), 2_097_152),
    (re.compile(r"gemini-(?!.*image)"), 1_048_576),
    (re.compile(r"claude-(?:opus|sonnet)-4-[6-9]|claude-[a-z]+-[5-9]"), 1_000_000),
    (re.compile(r"claude-"), 200_000),
)  # tokens
OUTPUTS = ((re.compile(r"gemini-(?:2\.5|[3-9])(?!.*image)"), 65_536), (re.compile(r"gemini-[12]"), 8192))
LEGACY = re.compile(r"claude-(?:2|instant|3-(?:opus|sonnet|haiku|5))")  # which do not think


def publisher_of(model: str) -> str:
    """Who publishes a model of this name."""
    return "anthropic" if "claude" in model else "google"


def read_model(row: Mapping[str, Any]) -> Model | None:
    """One row of the list; None for a model that cannot chat."""
    name, version = row.get("name"), row.get("versionId")
    found = NAME.fullmatch(name) if isinstance(name, str) else None
    if found is None:
        return None
    publisher, identity = found.groups()
    if publisher == "google" and ("gemini" not in identity or OTHER_USES.search(identity)):
        return None
    if publisher == "anthropic" and "@" not in identity and isinstance(version, str) and DATED.fullmatch(version):
        identity = f"{identity}@{version}"
    return described(identity)


def described(identity: str) -> Model:
    """A model by its name."""
    claude = publisher_of(identity) == "anthropic"
    return Model(
        id=identity,
        context=size(CONTEXTS, identity),
        max_output=size(OUTPUTS, identity),
        tools=claude or not draws(identity),
        images=True,
        reasoning=LEGACY.search(identity) is None if claude else can_think(identity, "high"),
        draws=(not claude and draws(identity)) or None,
    )


def size(table: tuple[tuple[re.Pattern[str], int], ...], identity: str) -> int | None:
    """The size that a table states for a model."""
    return next((tokens for pattern, tokens in table if pattern.match(identity)), None)
