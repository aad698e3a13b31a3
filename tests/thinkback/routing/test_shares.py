"""Calls are divided by weight, and the same conversation always meets the same model."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from thinkback.routing.aliases import Target
from thinkback.routing.shares import in_order, share

DRAWS = 4000
weights = st.lists(st.integers(1, 20), min_size=2, max_size=5)


def targets(weights: list[float]) -> list[Target]:
    return [Target("openai", f"m-{number}", weight) for number, weight in enumerate(weights)]


@settings(max_examples=8)
@given(weights, st.integers(0, 10**9))
def test_each_is_first_as_often_as_its_weight_says(weights: list[float], seed: int) -> None:
    found = targets(weights)
    firsts = Counter(in_order(found, f"{seed}-{draw}")[0] for draw in range(DRAWS))
    for target in found:
        expected = share(target, found)
        assert abs(firsts[target] / DRAWS - expected) < 5 * (expected * (1 - expected) / DRAWS) ** 0.5 + 0.001


@given(weights, st.text(max_size=20))
def test_a_key_keeps_its_order(weights: list[float], key: str) -> None:
    found = targets(weights)
    order = in_order(found, key)
    assert order == in_order(list(reversed(found)), key) and sorted(order, key=found.index) == found
    left = [target for target in found if target is not order[-1]]
    assert in_order(left, key) == order[:-1], "where another one is taken out, nobody moves"


def test_without_weight_it_is_only_a_fallback() -> None:
    found = targets([0, 3, 0, 1])
    for draw in range(50):
        assert in_order(found, str(draw))[2:] == [found[0], found[2]]
    assert share(found[0], found) == 0 and share(found[1], found) == 0.75
