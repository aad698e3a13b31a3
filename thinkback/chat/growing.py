"""A text that grows while a model writes it: its pieces, and what has been rendered of it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from thinkback.chat.rendering import Block, Live, advance
from thinkback.chat.wellformed import Joiner
from thinkback.languages.carrying import carried

# Rendering may take long for hostile texts; it has its own threads, so that nothing else waits for one.
THREADS = ThreadPoolExecutor(2, thread_name_prefix="chat-rendering")
BYTES_PER_SECOND = 100_000  # characters of an unfinished block that are rendered each second, at most


class Growing:
    """One part of an answer: its text or its reasoning."""

    def __init__(self, name: str, prefix: str) -> None:
        self.name = name
        self.live = Live()
        self._prefix = prefix
        self._joiner = Joiner()
        self._pieces: list[str] = []
        self._shown = 0  # characters that have been rendered
        self.length = 0

    def add(self, piece: str) -> None:
        """What the model wrote next."""
        self._append(self._joiner.feed(piece))

    def close(self) -> None:
        """There is no more."""
        self._append(self._joiner.close())

    @property
    def text(self) -> str:
        """All so far."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    async def render(self) -> tuple[Block, ...]:
        """Render what was added, in a thread; the blocks that changed."""
        if self._shown == self.length:
            return ()
        before, self._shown = self.live, self.length
        loop = asyncio.get_running_loop()
        self.live = await loop.run_in_executor(THREADS, carried(advance), before, self.text, self._prefix)
        return self.live.since(before.version)

    def pause(self) -> float:
        """Seconds until it is worth rendering again: a long unfinished block costs more each time."""
        return (self.length - self.live.offset) / BYTES_PER_SECOND

    def _append(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)
            self.length += len(piece)
