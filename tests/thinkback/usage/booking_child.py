"""A server process for `test_recovery`: books calls until it is killed. Arguments: data folder, database, user id."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).parents[3]))
data, database, user_id = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
os.environ["THINKBACK_DATA"] = str(data)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()
settings.DATA = data
settings.DATABASES["default"]["NAME"] = database

from proxy.call import new_id  # noqa: E402 - after django.setup()
from proxy.record import Record  # noqa: E402
from thinkback.usage.ledger import LEDGER  # noqa: E402


def say(word: str, record: Record) -> None:
    """Tell the test, at once and unbuffered, what has been promised."""
    os.write(1, f"{word} {record.id}\n".encode())


async def book() -> None:
    """One call after the other."""
    while True:
        record = Record(new_id(), 1, datetime.now(UTC), user_id, "proxy", "practice", "p", "chat", "v1/chat", "POST")
        await LEDGER.open(record)
        say("opened", record)
        await asyncio.sleep(0.001)
        record.status, record.output_tokens = "ok", 7
        await LEDGER.close(record)
        say("closed", record)


async def main() -> None:
    """Twenty clients at once, for ever; one row stays open."""
    await LEDGER.start()
    left = Record(new_id(), 1, datetime.now(UTC), user_id, "proxy", "practice", "p", "chat", "v1/chat", "POST")
    await LEDGER.open(left)
    await asyncio.gather(*(book() for _ in range(20)))


asyncio.run(main())
