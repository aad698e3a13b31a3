"""How much a service still lets a key ask, in words for people and for the JSON API. Nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from providers import Allowance, allowances
from proxy.allowances import ALLOWANCES
from thinkback.connections.adapter_words import said
from thinkback.connections.models import Connection
from thinkback.languages.numbers import whole

FRESH = timedelta(minutes=5)  # for so long it is told without its time


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a service last said: each allowance in words, the scarcest while it is fresh, for which model, and when."""

    rows: tuple[str, ...]
    scarcest: str
    model: str
    at: datetime


def allowed_by(row: Connection) -> Allowed | None:
    """What is known of a configuration's service; None where it never told."""
    seen = ALLOWANCES.of(row.pk)
    found = () if seen is None else allowances(seen.headers, seen.at)
    if seen is None or not found:
        return None
    at = datetime.fromtimestamp(seen.at, UTC)
    scarcest = min(found, key=share)
    short = f"{whole(scarcest.left)} {said(scarcest.what)}" if timezone.now() - at < FRESH else ""
    return Allowed(tuple(in_words(one, at) for one in found), short, seen.model or "", at)


def told(row: Connection) -> dict[str, Any] | None:
    """The same as the JSON API has it; null in it for what the service does not say."""
    seen = ALLOWANCES.of(row.pk)
    if seen is None:
        return None
    at = datetime.fromtimestamp(seen.at, UTC)
    left = [
        {"what": one.what, "left": one.left, "limit": one.limit, "resets_at": whole_at(one, at)}
        for one in allowances(seen.headers, seen.at)
    ]
    return {"at": at, "model": seen.model, "left": left}


def in_words(one: Allowance, at: datetime) -> str:
    """One allowance: `39,990 of 40,000 tokens`, and how soon it is whole again where that is yet to come."""
    words = (
        f"{whole(one.left)} {said(one.what)}"
        if one.limit is None
        else _("%(left)s of %(limit)s %(what)s")
        % {"left": whole(one.left), "limit": whole(one.limit), "what": said(one.what)}
    )
    moment = whole_at(one, at)
    wait = 0 if moment is None else (moment - timezone.now()).total_seconds()
    return _("%(words)s (all again in %(time)s)") % {"words": words, "time": span(wait)} if wait >= 1 else words


def whole_at(one: Allowance, at: datetime) -> datetime | None:
    """When nothing of it is used any more."""
    try:
        return None if one.whole_in is None else at + timedelta(seconds=one.whole_in)
    except OverflowError:
        return None


def span(seconds: float) -> str:
    """A span in its two largest units: `6 min 2 s`, `3 h 20 min`."""
    parts, rest = [], round(seconds)
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def share(one: Allowance) -> float:
    """Which part of it is left; one without a known whole comes last."""
    return one.left / one.limit if one.limit else 2.0
