"""In which order the models of an alias are asked, and why the first of them is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from providers import Model
from proxy.call import Connection
from thinkback.routing import scoring, shares
from thinkback.routing.aliases import Alias, Target
from thinkback.routing.complexity import complexity, in_words
from thinkback.routing.needs import Needs, special
from thinkback.routing.scoring import Facts


@dataclass(frozen=True, slots=True)
class Option:
    """One model that may answer: whose, and what is known of it."""

    target: Target
    connection: Connection
    model: Model


class Chosen(NamedTuple):
    """The models as they are to be asked, and why the first one is."""

    options: list[Option]
    because: str


def plain(alias: Alias, options: Sequence[Option], key: str) -> Chosen:
    """As they stand in the list, or by share: then calls of the same key meet the same order."""
    if alias.choose == "order":
        return Chosen(list(options), "the only one" if len(options) == 1 else "the first of its list")
    known = {option.target: option for option in options}
    order = shares.in_order(list(known), f"{alias.name}\n{key}")
    return Chosen([known[target] for target in order], f"its share is {shares.share(order[0], list(known)):.0%}")


def automatic(alias: Alias, options: Sequence[Option], facts: Sequence[Facts], needs: Needs) -> Chosen:
    """By score."""
    hardness = complexity(needs.prompt)
    ranking = scoring.rank(facts, alias.prefer, hardness)
    because = f"{ranking.because} of {len(options)}" if ranking.because else "the only one"
    if alias.prefer == "balanced" and ranking.because:
        because += f" for a {in_words(hardness)} question"
    return Chosen([options[place] for place in ranking.order], because)


def wanted(needs: Needs) -> str:
    """What others lack, in words."""
    return f"with {', '.join(special(needs)) or 'such a context'}"
