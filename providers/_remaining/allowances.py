"""What a service still lets a key ask, as the headers of its answers tell.

OpenAI, Azure, Groq, xAI and GitHub say `x-ratelimit-remaining-requests`, Mistral `x-ratelimit-remaining-req-minute`,
OpenRouter plain `x-ratelimit-remaining`, Anthropic `anthropic-ratelimit-requests-remaining`, Cohere to trial keys
`x-trial-endpoint-call-remaining`; `limit` and `reset` stand in the place of `remaining` in others. https://platform.openai.com/docs/guides/rate-limits
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from providers._failures.waiting import seconds

MARKS = frozenset({
    "anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-tokens-remaining", "x-ratelimit-remaining",
    "x-ratelimit-remaining-req-minute", "x-ratelimit-remaining-requests", "x-ratelimit-remaining-tokens",
    "x-ratelimit-remaining-tokens-minute", "x-ratelimitbysize-remaining-minute", "x-trial-endpoint-call-remaining",
})  # fmt: skip
NAME = re.compile(
    r"x-(?:ratelimit|trial-endpoint-(?P<trial>call))(?P<size>bysize)?-(?P<field>remaining|limit|reset)(?:-(?P<what>[a-z-]{1,40}))?"
    r"|anthropic-ratelimit-(?P<whose>[a-z-]{1,40})-(?P<told>remaining|limit|reset)"
)
PERIODS = frozenset({"second", "minute", "hour", "day", "week", "month"})
WORDS = {"req": "requests", "call": "trial calls per minute"}
NUMBER = re.compile(r"\d{1,15}(?=$|[,;\s])")
LONGEST = 64  # characters of a value
MOST = 8  # allowances of one answer
EPOCH, MILLISECONDS = 1e9, 1e11  # from these on a number is a moment since 1970, in seconds or in thousandths


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many of something (`requests`, `tokens per minute`) are left, of how many if it is told.

    `whole_in`: seconds from the answer on until nothing is used any more, if that is told.
    """

    what: str
    left: int
    limit: int | None = None
    whole_in: float | None = None


def telling(headers: Mapping[str, str]) -> dict[str, str]:
    """Those of an answer's headers (by lower-case names) that tell of it: nothing from a service that does not."""
    if MARKS.isdisjoint(headers):
        return {}
    return {
        name: value
        for name, value in headers.items()
        if ("-ratelimit" in name or "-call-" in name) and len(value) <= LONGEST
    }


def allowances(headers: Mapping[str, str], now: float) -> tuple[Allowance, ...]:
    """What these headers tell, which came at this time (seconds since 1970)."""
    found: dict[str, dict[str, str]] = {}
    for name, value in headers.items():
        if match := NAME.fullmatch(name):
            what = in_words(
                match["what"] or match["whose"] or match["trial"] or "", "tokens" if match["size"] else "requests"
            )
            found.setdefault(what, {})[match["field"] or match["told"]] = value
    rows = ((what, number(told.get("remaining")), told) for what, told in found.items())
    told_of = (
        Allowance(what, left, number(told.get("limit")), until(told.get("reset", ""), now))
        for what, left, told in rows
        if left is not None
    )
    return tuple(islice(told_of, MOST))


def in_words(name: str, usual: str) -> str:
    """What is counted: `req-minute` is `requests per minute`; without a name it is what is usual."""
    *parts, last = name.split("-")
    if last not in PERIODS:
        parts, last = [*parts, last], ""
    words = " ".join(WORDS.get(part, part) for part in parts).strip() or usual
    return f"{words} per {last}" if last else words


def number(text: str | None) -> int | None:
    """A count from 0 on; None for anything else."""
    found = NUMBER.match(text or "")
    return int(found[0]) if found else None


def until(text: str, now: float) -> float | None:
    """The seconds until a moment that is told as a time, a date or a span; a past one is 0."""
    told = seconds(text)
    if told is None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        told = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    elif told > MILLISECONDS:
        told /= 1000
    return max(0.0, told - now if told > EPOCH else told)
