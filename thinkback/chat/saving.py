"""Writing an answer down while it is made, through the thread that writes usage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from thinkback.usage.batches import WriteFailed
from thinkback.usage.writer import WRITER

TRIES = 4
CHECKPOINT = (
    "UPDATE chat_message SET text = %s, reasoning = %s, version = version + 1 WHERE id = %s AND status = 'streaming'"
)
END = (
    "UPDATE chat_message SET text = %s, reasoning = %s, version = version + 1, status = %s, error = %s, "
    "finished_at = %s WHERE id = %s"
)
log = structlog.get_logger(__name__)


async def checkpoint(id: UUID, text: str, reasoning: str) -> None:
    """Save what there is so far. A failure is only logged: the next checkpoint, or the end, has it all."""
    try:
        await WRITER.write(CHECKPOINT, [text, reasoning, id])
    except WriteFailed as error:
        log.warning("chat_checkpoint_failed", reason=str(error))


async def end(id: UUID, parts: tuple[str, str], status: str, error: dict[str, Any] | None) -> None:
    """Save the whole answer with its status, and try more than once; `parts` are text and reasoning."""
    params = [*parts, status, error, datetime.now(UTC), id]
    for _ in range(TRIES):
        try:
            return await WRITER.write(END, params)
        except WriteFailed as failure:
            log.error("chat_answer_not_saved", reason=str(failure), message=str(id))
