"""Whether bytes, or the end, wait on a connection that the loop did not come to yet."""

from __future__ import annotations

import asyncio
import select


def is_readable(transport: asyncio.Transport) -> bool:
    """Whether a read would give something at once. Where the system cannot tell, it says no."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(poll.poll(0))
