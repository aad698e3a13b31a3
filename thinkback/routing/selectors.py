"""A selection function of the administrator's own, guarded: what it does wrong leaves the built-in order in force.

It is a plain function from a Question to the names that are to be asked, in order (or a Selected, with a reason); it
is called in a thread, and may take half a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import structlog

from providers import Prompt

GROUP = "thinkback.selectors"  # the entry-point group of a pip package that brings one
PATIENCE = 0.5  # seconds
THREADS = 4  # a function that never ends keeps one of them
POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="routing-selectors")
LONGEST = 80  # characters of a reason
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that has what the prompt needs: `provider/model`, and what is known of it; None where nothing is."""

    name: str
    kind: str
    context: int | None
    tools: bool | None
    images: bool | None
    reasoning: bool | None
    weight: float
    cost_usd: float | None  # of this prompt, about
    latency_ms: float | None  # to the first word, lately
    failing: float  # lately, from 0 to 1
    streams: int  # under way


@dataclass(frozen=True, slots=True)
class Question:
    """What a selection function is asked. `candidates` stand in the built-in order."""

    alias: str
    user_id: int
    conversation: str
    prompt: Prompt
    complexity: float  # from 0 to 1
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Selected:
    """Which models are to be asked, by name, in order; and why, in a few words."""

    names: Sequence[str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Selector:
    """A function, and the name that the file gives it."""

    name: str
    select: Callable[[Question], Any]


class Unusable(Exception):
    """What a function did wrong."""


async def ask(selector: Selector, question: Question) -> tuple[Selected | None, str]:
    """What it chose; or None and what it did wrong, which is logged."""
    try:
        work = asyncio.get_running_loop().run_in_executor(POOL, selector.select, question)
        return checked(await asyncio.wait_for(work, PATIENCE), question), ""
    except TimeoutError:
        reason = "took too long"
    except Unusable as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 - it is somebody else's code
        reason = f"failed with {type(error).__name__}"
    log.warning("selector_failed", alias=question.alias, selector=selector.name, reason=reason)
    return None, f"{selector.name} {reason}"


def checked(value: Any, question: Question) -> Selected:
    """What a function answered, without names that are not there. Raises Unusable."""
    chosen = value if isinstance(value, Selected) else Selected([value] if isinstance(value, str) else value)
    names, reason = chosen.names, chosen.reason
    if not isinstance(names, list | tuple) or not isinstance(reason, str):
        raise Unusable(f"answered with {type(names).__name__}")
    known = {candidate.name for candidate in question.candidates}
    found = [name for name in dict.fromkeys(names) if isinstance(name, str) and name in known]
    if not found:
        raise Unusable("chose none of the models")
    printable = "".join(letter if letter.isprintable() else " " for letter in reason)
    return Selected(found, " ".join(printable.split())[:LONGEST])
