"""What is said over /ws/chat about answers side by side."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

Name = Annotated[str, Meta(max_length=200)]
Slug = Annotated[str, Meta(min_length=1, max_length=100)]
ModelId = Annotated[str, Meta(min_length=1, max_length=200)]


class Named(Struct, frozen=True, forbid_unknown_fields=True):
    """A model, by the connection that it is asked through."""

    slug: Slug
    model: ModelId


class Compare(Struct, tag="compare", frozen=True, forbid_unknown_fields=True):
    """Another model's answer beside this one; without a model, the versions of this answer side by side."""

    message: UUID
    slug: Annotated[str, Meta(max_length=100)] = ""
    model: Name = ""


class Keep(Struct, tag="keep", frozen=True, forbid_unknown_fields=True):
    """Go on from this one of the answers that stand side by side; the others become versions of it."""

    message: UUID


class Merge(Struct, tag="merge", frozen=True, forbid_unknown_fields=True):
    """Have one model write one answer from those of a comparison."""

    comparison: UUID
    slug: Slug
    model: ModelId


class ComparisonShown(Struct, tag="compared", frozen=True):
    """What stands below answers side by side, after one of them has ended. Left as it is where more have ended."""

    comparison: UUID
    ended: int
    html: str
