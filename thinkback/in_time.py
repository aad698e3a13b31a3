"""Questions to the database that are answered soon, or not at all: a call must never hang with the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, TypeVarTuple, cast

from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError

from proxy.errors import Refused

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")
PATIENCE = 1.0  # seconds without an answer to anybody; usually one takes a thousandth of that


class Pulse:
    """When the database last answered anybody: while it does, those who wait in line wait on."""

    def __init__(self) -> None:
        self.latest = 0.0

    def beat(self) -> None:
        """It has just answered."""
        self.latest = time.monotonic()

    @property
    def is_gone(self) -> bool:
        """Whether nobody was answered for too long."""
        return time.monotonic() - self.latest >= PATIENCE


PULSE = Pulse()


@dataclass(slots=True, eq=False)
class Question:
    """A question under way, and how many wait for its answer."""

    task: asyncio.Future[Any]
    askers: int = 0


UNDER_WAY: dict[Hashable, Question] = {}  # those that may be shared


async def ask(question: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """The answer of a function that asks the database.

    Raises proxy's Refused (503; never a 401 or 404) where it is down or hangs. A thread that hangs with it goes on
    hanging; who waits behind it gives up as well.
    """
    task = asyncio.ensure_future(database_sync_to_async(question)(*arguments, **named))
    try:
        return cast(T, await _answer(task))
    finally:
        task.cancel()


async def ask_once(question: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """Like `ask`, but those who ask the same with equal arguments meanwhile wait for one answer together.

    Where an answer may be outdated, let an argument say so (`Memory.moment`): who asks after that asks anew. One who
    leaves takes nothing from the others, and each is refused on his own.
    """
    key = (asyncio.get_running_loop(), question, arguments)
    shared = UNDER_WAY.get(key)
    if shared is None or shared.task.done():
        shared = UNDER_WAY[key] = Question(asyncio.ensure_future(database_sync_to_async(question)(*arguments)))
    shared.askers += 1
    try:
        return cast(T, await _answer(shared.task))
    except Refused:
        UNDER_WAY.pop(key, None)  # it may hang for long: who asks from now on asks anew
        raise
    finally:
        shared.askers -= 1
        if shared.askers == 0:
            shared.task.cancel()
            if UNDER_WAY.get(key) is shared:
                del UNDER_WAY[key]


async def _answer(task: asyncio.Future[Any]) -> Any:
    try:
        while not (await asyncio.wait({task}, timeout=PATIENCE))[0]:
            if PULSE.is_gone:
                raise TimeoutError
        answer = task.result()
    except (TimeoutError, OperationalError, InterfaceError) as error:
        raise Refused("server_error", "The database does not answer just now. Try again soon.", 503, 1) from error
    PULSE.beat()
    return answer
