"""How the providers and this process are, for owner and administrators."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.http import require_safe

from thinkback.accounts.models import User
from thinkback.configuration.watching import CONFIGURATION
from thinkback.monitoring.loop_lag import LAG
from thinkback.monitoring.registry import CALLS
from thinkback.usage.ledger import LEDGER
from thinkback.usage.models import Boot
from thinkback.usage.provider_health import last_hour

from . import installation, plugins


@require_safe
@login_required
def status(request: HttpRequest) -> HttpResponse:
    """Providers in the last hour, and this process (403 for members)."""
    if not isinstance(request.user, User) or not request.user.is_staff:
        raise PermissionDenied
    now = timezone.now()
    context = {"now": now, "providers": last_hour(now), "process": process(now), "ready": LEDGER.ready()}
    context |= {"plugins": plugins.plugins(), "refused": CONFIGURATION.refused}
    return render(request, "settings/status.html", context)


def process(now: datetime) -> dict[str, str]:
    """Facts of this process, by their names."""
    boot = Boot.objects.filter(id=LEDGER.boot_id).first() if LEDGER.boot_id else None
    ledger, under_way = LEDGER.state(), tuple(CALLS.open.values())
    streams = sum(record.streamed for record in under_way)
    known = installation.facts()
    return {
        "Version": known["ThinkBack"],
        "Running for": "not as a server" if boot is None else timesince(boot.started_at, now),
        "Run": "—" if boot is None else str(boot.id),
        "Database": f"{known['Database']}, {'answers' if installation.database_answers() else 'does not answer'}",
        "Ledger": f"{ledger.waiting:,} waiting, {ledger.overdue:,} overdue, {ledger.commits:,} commits",
        "Calls under way": f"{len(under_way):,}, {streams:,} of them streams",
        "Event loop": f"{LAG.worst * 1000:.0f} ms late at most, in the last 15 s",
    }
