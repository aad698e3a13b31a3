"""Dividing calls among models by weight. Pure: the same key always meets the same order.

Each target draws a number from the key and its own name; -ln(number) / weight puts the targets in an order in which
each one is first as often as its share says, and those that stay keep their place when others come or go
(weighted rendezvous hashing, https://en.wikipedia.org/wiki/Rendezvous_hashing#Weighted_rendezvous_hash).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b

from thinkback.routing.aliases import Target


def in_order(targets: Sequence[Target], key: str) -> list[Target]:
    """The targets as they are to be asked for this key; those without weight are last, as they were given."""
    drawn = sorted((target for target in targets if target.weight > 0), key=lambda target: _place(target, key))
    return drawn + [target for target in targets if target.weight <= 0]


def share(target: Target, targets: Sequence[Target]) -> float:
    """The part of the calls that goes to this one, from 0 to 1."""
    total = sum(one.weight for one in targets)
    return target.weight / total if total > 0 else 0.0


def _place(target: Target, key: str) -> float:
    digest = blake2b(f"{key}\n{target.name}".encode("utf-8", "replace"), digest_size=8).digest()
    number = (int.from_bytes(digest) + 1) / (2**64 + 1)  # above 0, below 1
    return -math.log(number) / target.weight
