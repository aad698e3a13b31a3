"""What a provider's page asks of the provider, and which of its models are offered."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from thinkback.accounts.door import SignedIn
from thinkback.accounts.identity import caller_of
from thinkback.accounts.models import User
from thinkback.connections import catalogue, changes, refreshing
from thinkback.connections.checking import check
from thinkback.connections.invalid import Invalid
from thinkback.connections.models import Connection
from thinkback.connections.views.finding import own_row
from thinkback.connections.views.showing import show_one


@require_POST
@login_required
async def test(request: HttpRequest, slug: str) -> HttpResponse:
    """The connection test as a whole page, for those without scripts."""
    user, row = await _own(request, slug)
    steps = [step async for step in check(caller_of(user), row)]
    row = await sync_to_async(own_row)(user.pk, slug)
    return await sync_to_async(show_one)(request, row, steps=steps)


@require_POST
@login_required
async def fetch(request: HttpRequest, slug: str) -> HttpResponse:
    """Fetch the list of models now."""
    user, row = await _own(request, slug)
    problem = await refreshing.refresh(caller_of(user), row)
    if problem is None:
        await sync_to_async(messages.success)(request, _("Models fetched"))
    else:
        await sync_to_async(messages.error)(request, f"{problem.message} {problem.fix}")
    return redirect(_models_of(slug))


@require_POST
@login_required
def choose(request: SignedIn, slug: str) -> HttpResponse:
    """Make a model the default or a favourite, hide, show, add it or take it away: `default`, `hide`, … = its id."""
    row = own_row(request.user.pk, slug)
    try:
        changes.update(row, chosen(row, request))
    except Invalid as error:
        messages.error(request, next(iter(error.errors.values())))
    return redirect(_models_of(slug, request.POST.get("q", "")))


def chosen(row: Connection, request: HttpRequest) -> dict[str, object]:
    """The change that the pressed button stands for, as the JSON API would be sent it."""
    sent = request.POST
    typed = [stored["id"] for stored in catalogue.typed_in(row)]
    if "default" in sent:
        return {"default_model": sent["default"]}
    if "hide" in sent:
        return {"hidden_models": [*row.hidden_models, sent["hide"]]}
    if "show" in sent:
        return {"hidden_models": [one for one in row.hidden_models if one != sent["show"]]}
    if "star" in sent:
        return {"favourite_models": [*row.favourite_models, sent["star"]]}
    if "unstar" in sent:
        return {"favourite_models": [one for one in row.favourite_models if one != sent["unstar"]]}
    if "take" in sent:
        return {"models": [one for one in typed if one != sent["take"]]}
    return {"models": [*typed, sent.get("add", "")]}


async def _own(request: HttpRequest, slug: str) -> tuple[User, Connection]:
    user = await request.auser()
    assert isinstance(user, User)
    return user, await sync_to_async(own_row)(user.pk, slug)


def _models_of(slug: str, wanted: str = "") -> str:
    query = "?" + urlencode({"q": wanted}) if wanted else ""
    return f"{reverse('settings_provider', args=[slug])}{query}#models"
