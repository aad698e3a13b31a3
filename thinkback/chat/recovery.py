"""After a crash: answers whose server run is dead become `interrupted`, with what was saved of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from thinkback.chat.models import Message
from thinkback.usage import boots
from thinkback.usage.models import Boot

STALE = timedelta(seconds=20)  # four heartbeats; should that run live after all, it saves its answer nevertheless


def recover() -> int:
    """Mark the answers that nobody writes any more; how many. Answers of living runs are never touched."""
    now = datetime.now(UTC)
    alive = [boot.id for boot in Boot.objects.filter(ended_at=None) if boots.is_alive(boot, now, STALE)]
    return interrupt(Message.objects.filter(Q(boot_id=None) | ~Q(boot_id__in=alive)))


def interrupt(answers: QuerySet[Message]) -> int:
    """Mark those of these answers that are not at their end; how many. What was saved of them stays."""
    unfinished = answers.filter(status=Message.Status.STREAMING)
    return unfinished.update(status=Message.Status.INTERRUPTED, finished_at=datetime.now(UTC))
