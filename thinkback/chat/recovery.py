"""After a crash: answers whose server run is dead become `interrupted`, with what was saved of them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Q

from thinkback.chat.models import Message
from thinkback.usage import boots
from thinkback.usage.models import Boot


def recover() -> int:
    """Mark the answers that nobody writes any more; how many. Answers of living runs are never touched."""
    now = datetime.now(UTC)
    alive = [boot.id for boot in Boot.objects.filter(ended_at=None) if boots.is_alive(boot, now)]
    orphans = Message.objects.filter(Q(boot_id=None) | ~Q(boot_id__in=alive), status=Message.Status.STREAMING)
    return orphans.update(status=Message.Status.INTERRUPTED, finished_at=now)
