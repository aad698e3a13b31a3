"""`/settings/agents`: the sessions of agents, for their owner; everybody's for owner and administrators."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import providers
from providers import ProviderError
from thinkback.accounts.door import SignedIn
from thinkback.accounts.models import User
from thinkback.agents import sessions
from thinkback.agents.models import Session
from thinkback.usage.money import shown, to_dollars

SHOWN = 50  # sessions on a page


@require_safe
@login_required
def settings_agents(request: SignedIn) -> HttpResponse:
    """The sessions that are not over, then those that are (404 where there are no agents)."""
    if not settings.AGENTS.programs:
        raise Http404
    rows = sessions.seen_by(request.user).order_by(Case(When(state="ended", then=1), default=0), "state", "-used_at")
    page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    names = {adapter.kind: adapter.label for adapter in providers.available()}
    listed = [(row, names.get(row.kind, row.kind), cost_of(row)) for row in page]
    active = Session.objects.filter(state=Session.State.ACTIVE)
    context = {"listed": listed, "page": page, "agents": settings.AGENTS}
    context |= {"own": active.filter(user=request.user).count(), "all": active.count()}
    return render(request, "agents/sessions.html", context)


@require_POST
@login_required
def change(request: SignedIn, session_id: UUID) -> HttpResponse:
    """Suspend, resume or end a session, or have it work in another directory: `do` says which."""
    row = get_object_or_404(sessions.seen_by(request.user), id=session_id)
    do = DOINGS.get(request.POST.get("do", ""))
    if do is None:
        return HttpResponse(status=400)
    try:
        messages.success(request, do(row, request.user, request))
    except ProviderError as error:
        messages.error(request, error.message)
    return redirect("settings_agents")


def suspend(row: Session, user: User, request: HttpRequest) -> str:
    """It gives its place up."""
    sessions.suspend(row, user)
    return _("The session is suspended")


def resume(row: Session, user: User, request: HttpRequest) -> str:
    """It has a place again. Raises ProviderError."""
    sessions.resume(row, user)
    return _("The session is active again")


def end(row: Session, user: User, request: HttpRequest) -> str:
    """It is over."""
    sessions.end(row, user)
    return _("The session has ended")


def move(row: Session, user: User, request: HttpRequest) -> str:
    """It works elsewhere. Raises ProviderError."""
    sessions.move(row, user, request.POST.get("directory", "").strip())
    return _("The session goes on in the other directory")


DOINGS: dict[str, Callable[[Session, User, HttpRequest], str]] = {
    "suspend": suspend, "resume": resume, "end": end, "move": move,
}  # fmt: skip


def cost_of(row: Session) -> str:
    """What the agent reckons that it cost so far; empty where it does not."""
    dollars = to_dollars(row.reported_pico)
    return "" if dollars is None else shown(dollars)
