"""Automatic choice: a score for each model that has what the prompt needs, and the reason for the best. Pure.

Each question is answered from 0 to 1 against the others: the best cost, time to the first word and ability have 1, the
worst 0 where the difference matters (`SPANS`), the former two on a logarithmic scale; health and load count as they
are. A strategy is the weights of the questions; `balanced` looks for ability the more, the harder the prompt seems, and
for a low cost the less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from thinkback.routing.aliases import Prefer

Marks = Mapping[str, float]
WEIGHTS: dict[Prefer, Marks] = {
    "cost": {"cost": 0.75, "latency": 0.05, "ability": 0.05, "health": 0.1, "load": 0.05},
    "latency": {"cost": 0.05, "latency": 0.7, "ability": 0.05, "health": 0.1, "load": 0.1},
    "quality": {"cost": 0.05, "latency": 0.05, "ability": 0.75, "health": 0.1, "load": 0.05},
}
UNKNOWN = {"cost": 0.2, "latency": 0.8}  # a price that nobody knows may be high; a time, anything
UNSURE = 0.15  # taken away for each ability that is needed and of which nothing is known
RESTING, FAILING = 2.0, 0.5  # taken away where the service is left alone, or failed more often than not
BUSY = 8  # streams under way at which a connection has half of its mark
SPANS = {"cost": 1.0, "latency": 0.5, "ability": 0.5}  # powers of ten, or ability: a whole mark of difference, at least
LEAST = {"cost": 1e-7, "latency": 1.0}  # US dollars, milliseconds: nothing below makes a difference
BEST = {
    "cost": "the cheapest", "latency": "the quickest lately", "ability": "the ablest",
    "health": "the most reliable lately", "load": "the least busy",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a model just now. Cost in US dollars for this prompt; `ability` and `failing` from 0 to 1."""

    cost: float | None = None
    latency_ms: float | None = None
    ability: float = 0.5
    failing: float = 0.0
    streams: int = 0
    resting: bool = False
    unsure: int = 0


@dataclass(frozen=True, slots=True)
class Ranking:
    """The places of the models in what was given, the best first, with their scores; why the first is."""

    order: tuple[int, ...]
    scores: tuple[float, ...]
    because: str


def rank(facts: Sequence[Facts], prefer: Prefer, complexity: float) -> Ranking:
    """The models in order; of equal ones, as they were given."""
    weights = weights_of(prefer, complexity)
    marks = marks_of(facts)
    scores = [_score(one, mark, weights) for one, mark in zip(facts, marks, strict=True)]
    order = sorted(range(len(facts)), key=lambda place: -scores[place])
    because = _because(marks, weights, order[0]) if len(facts) > 1 else ""
    return Ranking(tuple(order), tuple(scores), because)


def weights_of(prefer: Prefer, complexity: float) -> Marks:
    """What each question counts for under a strategy."""
    if prefer != "balanced":
        return WEIGHTS[prefer]
    ability = 0.05 + 0.65 * complexity
    return {"cost": 0.7 - ability, "latency": 0.15, "ability": ability, "health": 0.1, "load": 0.05}


def marks_of(facts: Sequence[Facts]) -> list[Marks]:
    """The marks of each model, by question."""
    cost = _low("cost", facts, lambda one: one.cost)
    latency = _low("latency", facts, lambda one: one.latency_ms)
    ablest, span = max(one.ability for one in facts), _span("ability", [one.ability for one in facts])
    return [
        {
            "cost": cost[place],
            "latency": latency[place],
            "ability": 1 - (ablest - one.ability) / span,
            "health": 1 - one.failing,
            "load": BUSY / (BUSY + one.streams),
        }
        for place, one in enumerate(facts)
    ]


def _low(name: str, facts: Sequence[Facts], value: Callable[[Facts], float | None]) -> list[float]:
    """1 for the least, 0 for the most."""
    found = [value(one) for one in facts]
    sizes = [None if one is None else math.log10(max(one, LEAST[name])) for one in found]
    known = [size for size in sizes if size is not None]
    low, span = min(known, default=0.0), _span(name, known)
    return [UNKNOWN[name] if size is None else 1 - (size - low) / span for size in sizes]


def _span(name: str, values: Sequence[float]) -> float:
    return max(SPANS[name], max(values) - min(values)) if values else SPANS[name]


def _score(one: Facts, marks: Marks, weights: Marks) -> float:
    score = sum(weights[name] * marks[name] for name in weights) - UNSURE * one.unsure
    if one.resting:
        score -= RESTING
    return score - FAILING if one.failing > 0.5 else score


def _because(marks: Sequence[Marks], weights: Marks, first: int) -> str:
    """What the first one is best at, of that which counts most for its place."""
    others = [mark for place, mark in enumerate(marks) if place != first]

    def lead(name: str) -> float:
        return weights[name] * (marks[first][name] - sum(mark[name] for mark in others) / len(others))

    best = [name for name in weights if marks[first][name] > max(mark[name] for mark in others)]
    return BEST[max(best, key=lead)] if best else "the best compromise"
