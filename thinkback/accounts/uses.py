"""When tokens were last used: noted in memory on the way, written later and seldom."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from thinkback.accounts.models import ApiToken

EXACT = timedelta(minutes=1)  # a token's time is written at most this often


class Uses:
    """Times of use by token. `note` costs nothing; `write` is for a thread."""

    def __init__(self) -> None:
        self._noted: dict[int, float] = {}

    def note(self, token_id: int) -> None:
        """This token is being used."""
        self._noted[token_id] = time.time()

    def write(self) -> None:
        """Write down what was noted. By `update`, which sends no signal: nobody forgets a token because it is used."""
        noted, self._noted = self._noted, {}
        for token_id, second in list(noted.items()):  # a thread may still hold it
            at = datetime.fromtimestamp(second, UTC)
            due = Q(last_used_at=None) | Q(last_used_at__lte=at - EXACT)
            ApiToken.objects.filter(due, pk=token_id).update(last_used_at=at)


USES = Uses()
