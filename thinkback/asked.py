"""Who is asking just now, for an adapter that answers inside this process: the transport sees only the request."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from providers import Prompt
from proxy.call import Caller


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the site's own: from the chat page, or without a chat from the test of a connection."""

    caller: Caller
    slug: str
    prompt: Prompt | None = None
    chat_id: UUID | None = None


# Set for the task that asks, and whatever it awaits. Calls of programs have none.
ASKED: ContextVar[Asked | None] = ContextVar("asked", default=None)
