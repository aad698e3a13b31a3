"""Fetches the models of shared providers whose list the file does not give: at once, then each day."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from channels.db import database_sync_to_async

from providers import ProviderError
from proxy.call import Caller
from proxy.errors import Refused
from thinkback.accounts import revocation
from thinkback.accounts.models import User
from thinkback.connections import asking
from thinkback.connections.shared import SHARED, Shared
from thinkback.connections.targets import connection_of

PERIOD = 1.0  # seconds between two looks
FRESH, AGAIN = 86_400.0, 600.0  # seconds until it is asked again, after an answer and after a failure
log = logging.getLogger(__name__)


class Fetcher:
    """One task for all of them; what it asks is booked to the owner, as tests are."""

    def __init__(self, period: float = PERIOD) -> None:
        self.period = period
        self.due: dict[Shared, float] = {}  # by the monotonic clock
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(), name="models of shared providers")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def look(self) -> None:
        """Ask those whose time has come."""
        now = time.monotonic()
        self.due = {shared: self.due.get(shared, now) for shared in SHARED.known.values()}
        wanted = [one for one, due in self.due.items() if due <= now and not one.columns.get("models")]
        owner = await database_sync_to_async(_owner)() if wanted else None
        for shared in wanted if owner is not None else ():
            assert owner is not None
            self.due[shared] = time.monotonic() + (FRESH if await self._fetch(shared, owner) else AGAIN)

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:  # the next look may go better; the others' lists must not wait for it
                log.exception("the models of shared providers could not be fetched")
            await asyncio.sleep(self.period)

    async def _fetch(self, shared: Shared, owner: Caller) -> bool:
        connection = connection_of(shared.row(owner.user_id), has_key=shared.key is not None)
        if connection is None:
            return False
        try:
            listed = await asking.list_models(owner, connection)
        except (ProviderError, Refused) as error:
            log.warning("The models of the shared provider %s could not be fetched: %s", shared.slug, error.message)
            return False
        SHARED.learn(shared, listed.models)
        revocation.tell("*")
        return True


def _owner() -> Caller | None:
    owner = User.objects.filter(role=User.Role.OWNER, is_active=True).first()
    return None if owner is None else Caller(owner.pk, "session", is_staff=True)


FETCHER = Fetcher()
