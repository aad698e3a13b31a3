"""The settings list, what this installation is, and every part in every state."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from thinkback.accounts.models import User

from . import installation
from .specimens import SpecimenForm


@require_safe
def to_settings(request: HttpRequest) -> HttpResponse:
    """The address without its slash."""
    return redirect("settings")


@require_safe
@login_required
def settings_index(request: HttpRequest) -> HttpResponse:
    """The list of settings: the whole page on a phone, beside what to choose elsewhere."""
    return render(request, "settings/index.html")


@require_safe
@login_required
def about(request: HttpRequest) -> HttpResponse:
    """What this installation is: version, health, licences."""
    context = {"facts": installation.facts(), "database_answers": installation.database_answers()}
    return render(request, "settings/about.html", context | {"packages": installation.packages()})


@require_safe
@login_required
def parts(request: HttpRequest) -> HttpResponse:
    """Every part in every state, for the owner (403 for others)."""
    if not isinstance(request.user, User) or request.user.role != User.Role.OWNER:
        raise PermissionDenied
    wrong = SpecimenForm({"name": "", "password": "short", "host": "http://10.0.0.1", "kind": "chat"})
    return render(request, "settings/parts.html", {"form": SpecimenForm(prefix="plain"), "wrong": wrong})


@require_safe
def session_expired(request: HttpRequest) -> HttpResponse:
    """What happened, and the way back in. `?next=` leads on within this site only."""
    after = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(after, request.get_host(), request.is_secure())
    return render(request, "session_expired.html", {"next": after if safe else ""})
