"""Values of the hot path that nobody changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(made: type[T]) -> type[T]:
    """A dataclass whose fields the type checker lets nobody set.

    At run time it is an ordinary one: a frozen one of ten fields takes six times as long to make.
    """
    return dataclass(slots=True, unsafe_hash=True)(made)
