"""Writing an answer down while it is made, through the thread that writes usage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import structlog

from thinkback.usage.batches import WriteFailed
from thinkback.usage.writer import WRITER

TRIES = 4
CHECKPOINT = (
    "UPDATE chat_message SET text = %s, reasoning = %s, rounds = %s, thought = %s, version = version + 1 "
    "WHERE id = %s AND status = 'streaming'"
)
END = (
    "UPDATE chat_message SET text = %s, reasoning = %s, rounds = %s, thought = %s, version = version + 1, "
    "status = %s, finish = %s, error = %s, finished_at = %s WHERE id = %s"
)
log = structlog.get_logger(__name__)


class Content(NamedTuple):
    """What an answer holds: its text and reasoning, its rounds where tools were called, the seconds that it thought."""

    text: str
    reasoning: str
    rounds: list[dict[str, Any]]
    thought: float = 0


class Ending(NamedTuple):
    """How an answer ended: its status, why the model ended it, and the stored failure if there was one."""

    status: str
    finish: str = ""
    error: dict[str, Any] | None = None


async def checkpoint(id: UUID, content: Content) -> None:
    """Save what there is so far. A failure is only logged: the next checkpoint, or the end, has it all."""
    try:
        await WRITER.write(CHECKPOINT, [*content, id])
    except WriteFailed as error:
        log.warning("chat_checkpoint_failed", reason=str(error))


async def end(id: UUID, content: Content, ending: Ending) -> None:
    """Save the whole answer with its status, and try more than once."""
    params = [*content, *ending, datetime.now(UTC), id]
    for _ in range(TRIES):
        try:
            return await WRITER.write(END, params)
        except WriteFailed as failure:
            log.error("chat_answer_not_saved", reason=str(failure), message=str(id))
