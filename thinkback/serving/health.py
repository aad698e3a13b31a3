"""Two probes for whoever watches the process. They answer any Host: a probe asks by address, and learns nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection

from thinkback.serving.lifecycle import Lifecycle


class Health:
    """An ASGI application for /healthz (the process answers) and /readyz (it can do its work)."""

    def __init__(self, lifecycle: Lifecycle, ledger_ready: Callable[[], bool]) -> None:
        self.lifecycle = lifecycle
        self.ledger_ready = ledger_ready  # no call may be made that cannot be booked

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """200 or 503, with one word for each thing that was looked at."""
        checks = {} if scope["path"] == "/healthz" else await self.readiness()
        ready = all(checks.values())
        words = {name: "ok" if fine else "failed" for name, fine in checks.items()}
        body = json.dumps({"status": "ok" if ready else "unavailable", **words}).encode()
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200 if ready else 503, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def readiness(self) -> dict[str, bool]:
        """What has to work before a request is worth sending."""
        return {
            "database": await sync_to_async(database_answers)(),
            "ledger": self.ledger_ready(),
            "services": self.lifecycle.running,
        }


def database_answers() -> bool:
    """Whether the database can be asked anything."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    finally:
        connection.close_if_unusable_or_obsolete()
    return True
