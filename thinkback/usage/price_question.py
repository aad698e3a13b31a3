"""What is asked of the price table, and what it answers: the words between the server and its process."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

import msgspec

DAY = 86_400.0  # seconds
STAY, GO = b"stay", b"go"  # no questions: whether the process may end when nobody asks for a while


def second_of(moment: datetime | time) -> float:
    """How far its day has come, in seconds."""
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6


class Counts(msgspec.Struct, frozen=True):
    """The tokens of one call, as its record has them."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None


class Question(msgspec.Struct, frozen=True):
    """One call to be priced. `tier` is empty for an ordinary one, `place` for an ordinary place of processing."""

    price_id: str
    models: tuple[str, ...]  # the one that answered, then the one that was asked for
    moment: datetime
    counts: Counts
    parts: dict[str, int] = {}  # audio, images, web searches: what is priced apart
    tier: str = ""
    fast: bool = False
    place: str = ""


class Rates(msgspec.Struct, frozen=True):
    """US dollars for one token of each kind, and for the call itself, where the input is longer than `over` tokens."""

    over: int
    call: Decimal
    fresh: Decimal
    cache_read: Decimal
    cache_write: Decimal
    cache_write_1h: Decimal
    output: Decimal

    def cost(self, counts: Counts) -> Decimal | None:
        """The cost of a call; None where its numbers contradict each other. The kinds share nothing."""
        read, written, hour = counts.cache_read or 0, counts.cache_write or 0, counts.cache_write_1h or 0
        fresh = (counts.input or 0) - read - written
        if fresh < 0 or hour > written:
            return None
        total = self.call + self.fresh * fresh + self.output * (counts.output or 0)
        if read or written:
            total += self.cache_read * read + self.cache_write * (written - hour) + self.cache_write_1h * hour
        return total


class Answer(msgspec.Struct, frozen=True):
    """The cost of the call in question, and rates for all others of the same model, day and conditions.

    Without `version` the table does not know the model, or no price under these conditions.
    """

    version: str | None = None
    cost: Decimal | None = None
    rates: tuple[Rates, ...] = ()  # by rising `over`, the first -1; none where each call has to be asked about
    factor: Decimal = Decimal(1)
    since: float = 0  # seconds of the UTC day between which the rates hold: some are cheaper at night
    until: float = DAY
    needs_input: bool = False  # it is billed, so the cost is unknown without it
    needs_output: bool = False

    def price(self, counts: Counts, moment: datetime) -> Decimal | None:
        """The cost of another call; None where it is unknown. Raises LookupError where it must be asked about."""
        if (self.since or self.until < DAY) and not self.since <= second_of(moment) < self.until:
            raise LookupError
        if self.version is None or (self.needs_input and counts.input is None):
            return None
        if self.needs_output and counts.output is None:
            return None
        total, size = None, counts.input or 0
        for rates in reversed(self.rates):
            if size > rates.over:
                total = rates.cost(counts)
                break
        if total is None:
            raise LookupError
        return total if self.factor == 1 else total * self.factor
