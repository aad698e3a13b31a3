"""The chat as a service of the server: answers under way, and the looking after those of others."""

from __future__ import annotations

from thinkback.chat.jobs import JOBS
from thinkback.chat.lines import LINES
from thinkback.chat.reaper import REAPER


class Chat:
    """Starts and stops both, and lets the pages go when there is nothing more to tell them."""

    async def start(self) -> None:
        """Put right what a dead run left, and go on looking."""
        await JOBS.start()
        await REAPER.start()

    async def stop(self) -> None:
        """Bring the answers to their end, then end the lines."""
        await REAPER.stop()
        try:
            await JOBS.stop()
        finally:
            LINES.end()


CHAT = Chat()
