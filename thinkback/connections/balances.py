"""What is left of the money at a service: asked beside its models, remembered, and said in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone

from providers import ProviderError, Remaining
from proxy.call import Caller
from proxy.call import Connection as Asked
from proxy.errors import Refused
from thinkback.connections import asking
from thinkback.connections.models import Connection
from thinkback.usage import money


@dataclass(frozen=True, slots=True)
class Left:
    """What people are told: an amount with its currency, what the service calls it, and when it said so."""

    amount: str
    words: str
    at: datetime


async def renew(caller: Caller, row_id: int, connection: Asked) -> Remaining | None:
    """Ask what is left and remember it. A service that fails to tell leaves what was known, with its time."""
    try:
        found = await asking.remaining(caller, connection)
    except (ProviderError, Refused):
        return None
    await sync_to_async(keep)(row_id, found)
    return found


def keep(row_id: int, found: Remaining | None) -> None:
    """Remember what is left; nothing where there is no end to it."""
    Connection.objects.filter(pk=row_id).update(remaining={} if found is None else stored(found))


def stored(found: Remaining) -> dict[str, Any]:
    """What is kept, and what the JSON API tells."""
    told = {"amount": money.to_text(found.amount), "currency": found.currency, "words": found.words}
    return {**told, "at": timezone.now().isoformat()}


def left_of(row: Connection) -> Left | None:
    """What is left at this row's service, as it last said; None where that is unknown."""
    kept = row.remaining
    if not kept:
        return None
    return Left(in_words(Decimal(kept["amount"]), kept["currency"]), kept["words"], datetime.fromisoformat(kept["at"]))


def in_words(amount: Decimal, currency: str) -> str:
    """An amount for people: `$12.50`, `110.00 CNY`."""
    return money.shown(amount) if currency == "USD" else f"{amount:,.2f} {currency}".strip()
