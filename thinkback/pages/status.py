"""How the providers and this process are, for owner and administrators."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from thinkback.accounts.models import User
from thinkback.agents import sessions as agent_sessions
from thinkback.configuration.watching import CONFIGURATION
from thinkback.languages.numbers import whole
from thinkback.monitoring.loop_lag import LAG
from thinkback.monitoring.registry import CALLS
from thinkback.routing.aliases import ALIASES
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
    context |= {"agents": settings.AGENTS, "sessions": agent_sessions.open_now()}
    context |= {"plugins": plugins.plugins(), "refused": CONFIGURATION.refused}
    context |= {"aliases": list(ALIASES.known.values()), "shared": plugins.shared()}
    return render(request, "settings/status.html", context)


def process(now: datetime) -> dict[str, str]:
    """Facts of this process, by their names."""
    boot = Boot.objects.filter(id=LEDGER.boot_id).first() if LEDGER.boot_id else None
    ledger, under_way = LEDGER.state(), tuple(CALLS.open.values())
    streams = sum(record.streamed for record in under_way)
    known = installation.facts()
    return {
        _("Version"): known["ThinkBack"],
        _("Running for"): _("not as a server") if boot is None else timesince(boot.started_at, now),
        _("Run"): "—" if boot is None else str(boot.id),
        _("Database"): known["Database"] if installation.database_answers() else _("does not answer"),
        _("Ledger"): _("%(waiting)s waiting, %(overdue)s overdue, %(commits)s commits")
        % {"waiting": whole(ledger.waiting), "overdue": whole(ledger.overdue), "commits": whole(ledger.commits)},
        _("Calls under way"): _("%(calls)s, %(streams)s of them streams")
        % {"calls": whole(len(under_way)), "streams": whole(streams)},
        _("Event loop"): _("%(lag)s ms late at most, in the last 15 s") % {"lag": f"{LAG.worst * 1000:.0f}"},
    }
