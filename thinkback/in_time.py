"""A question to the database that is answered in time, or not at all: a call must never hang with the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from django.db import InterfaceError, OperationalError

from proxy.errors import Refused

T = TypeVar("T")
PATIENCE = 1.0  # seconds; usually an answer takes a thousandth of that


async def in_time(question: Awaitable[T]) -> T:
    """Its answer. Raises Refused (503), never a 401 or 404, where the database is down or does not answer.

    A thread that hangs with the database goes on hanging; who waits behind it gives up as well.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            return await question
    except (TimeoutError, OperationalError, InterfaceError) as error:
        raise Refused("server_error", "The database does not answer just now. Try again soon.", 503, 1) from error
