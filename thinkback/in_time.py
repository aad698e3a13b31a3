"""Questions to the database that are answered soon, or not at all: a call must never hang with the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError

from proxy.errors import Refused

P = ParamSpec("P")
T = TypeVar("T")
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


async def ask(question: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """The answer of a function that asks the database.

    Raises proxy's Refused (503; never a 401 or 404) where it is down or hangs. A thread that hangs with it goes on
    hanging; who waits behind it gives up as well.
    """
    task = asyncio.ensure_future(database_sync_to_async(question)(*arguments, **named))
    try:
        while not (await asyncio.wait({task}, timeout=PATIENCE))[0]:
            if PULSE.is_gone:
                raise TimeoutError
        answer: T = task.result()
    except (TimeoutError, OperationalError, InterfaceError) as error:
        raise Refused("server_error", "The database does not answer just now. Try again soon.", 503, 1) from error
    finally:
        task.cancel()
    PULSE.beat()
    return answer
