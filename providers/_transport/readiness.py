"""Whether bytes, or the end, wait on a connection that the loop did not come to yet."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable


def readiness(transport: asyncio.BaseTransport) -> Callable[[], bool]:
    """What tells, as often as it is asked, whether a read would give something at once.

    Where the system cannot tell, it says no.
    """
    if not hasattr(select, "poll"):
        return lambda: False
    poll = select.poll()
    poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return lambda: bool(poll.poll(0))
