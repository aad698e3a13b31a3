"""The automatic choice: what each strategy looks for, what it avoids, and the reason that it gives."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thinkback.routing.aliases import Prefer
from thinkback.routing.scoring import Facts, rank, weights_of

SMALL = Facts(cost=0.0001, latency_ms=900, ability=0.2)
LARGE = Facts(cost=0.02, latency_ms=3000, ability=0.9)
QUICK = Facts(cost=0.002, latency_ms=120, ability=0.5)
ALL = [LARGE, SMALL, QUICK]
EXPECTED: list[tuple[Prefer, float, Facts, str]] = [
    ("cost", 0.9, SMALL, "the cheapest"),
    ("latency", 0.9, QUICK, "the quickest lately"),
    ("quality", 0.0, LARGE, "the ablest"),
    ("balanced", 0.0, SMALL, "the cheapest"),
    ("balanced", 0.9, LARGE, "the ablest"),
]
facts = st.builds(
    Facts,
    cost=st.none() | st.floats(0, 10),
    latency_ms=st.none() | st.floats(0, 1e6),
    ability=st.floats(0, 1),
    failing=st.floats(0, 1),
    streams=st.integers(0, 100),
    resting=st.booleans(),
    unsure=st.integers(0, 3),
)


@pytest.mark.parametrize(("prefer", "complexity", "best", "because"), EXPECTED)
def test_each_strategy_finds_its_own(prefer: Prefer, complexity: float, best: Facts, because: str) -> None:
    ranking = rank(ALL, prefer, complexity)
    assert (ALL[ranking.order[0]], ranking.because) == (best, because)


@pytest.mark.parametrize("prefer", get_args(Prefer))
@pytest.mark.parametrize("trouble", [{"resting": True}, {"failing": 0.9}])
def test_what_is_in_trouble_is_avoided(prefer: Prefer, trouble: dict[str, float]) -> None:
    for best in ALL:
        known = [replace(one, **trouble) if one is best else one for one in ALL]
        assert ALL[rank(known, prefer, 0.5).order[0]] is not best


def test_the_least_busy_of_equals_is_taken_and_what_is_sure_before_what_is_not() -> None:
    assert rank([replace(SMALL, streams=20), SMALL], "balanced", 0.5).order == (1, 0)
    assert rank([replace(SMALL, streams=20), SMALL], "balanced", 0.5).because == "the least busy"
    assert rank([replace(QUICK, unsure=1), QUICK], "balanced", 0.5).order == (1, 0)
    assert rank([SMALL, SMALL], "cost", 0.5).order == (0, 1), "of equal ones the first"


def test_a_price_that_nobody_knows_is_not_taken_for_none() -> None:
    assert rank([replace(SMALL, cost=None), LARGE, QUICK], "cost", 0.0).order[0] == 2
    free = replace(SMALL, cost=0.0)
    assert rank([SMALL, free, LARGE], "cost", 0.0).order[0] == 1


@given(st.lists(facts, min_size=1, max_size=8), st.sampled_from(get_args(Prefer)), st.floats(0, 1))
def test_whatever_is_known_there_is_an_order(known: list[Facts], prefer: Prefer, complexity: float) -> None:
    ranking = rank(known, prefer, complexity)
    assert sorted(ranking.order) == list(range(len(known)))
    scores = [ranking.scores[place] for place in ranking.order]
    assert scores == sorted(scores, reverse=True)
    assert abs(sum(weights_of(prefer, complexity).values()) - 1) < 1e-9
    if not all(one.resting for one in known):
        assert not known[ranking.order[0]].resting
