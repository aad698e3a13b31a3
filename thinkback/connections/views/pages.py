"""`/settings/providers`: what is set up, what can be added, and one of them."""

from __future__ import annotations

import structlog
from asgiref.sync import sync_to_async
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import providers
from providers import Adapter
from thinkback.accounts.door import SignedIn
from thinkback.accounts.models import User
from thinkback.connections import changes, probing
from thinkback.connections.forms import ProviderForm
from thinkback.connections.invalid import HostChanged, Invalid
from thinkback.connections.models import Connection
from thinkback.connections.targets import adapter_of
from thinkback.connections.views.finding import own_row, shared_row
from thinkback.connections.views.showing import show_list, show_new, show_one, show_shared

log = structlog.get_logger(__name__)
TEST_NEXT = "test_next"  # in the session: the slug whose page begins with its test


@sensitive_post_parameters("api_key")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
async def providers_page(request: HttpRequest) -> HttpResponse:
    """GET: what can be added, and what was found here. POST: a pasted key, whose vendor is added at once."""
    user = await request.auser()
    assert isinstance(user, User)
    if request.method == "POST":
        return await sync_to_async(_add_by_key)(request, user)
    found = await probing.found_for(user)
    return await sync_to_async(show_list)(request, found)


def _add_by_key(request: HttpRequest, user: User) -> HttpResponse:
    key = request.POST.get("api_key", "")
    adapter = providers.recognise(key)
    if adapter is None:
        return show_list(request, unrecognised=True)
    try:
        row = changes.create(user.pk, {"kind": adapter.kind, "api_key": key})
    except Invalid as error:
        form = ProviderForm(adapter)
        form.refuse(error)
        return show_new(request, form, 400)
    except DatabaseError as error:
        return show_new(request, _unsaved(ProviderForm(adapter), error), 503)
    return _added(request, row)


@sensitive_post_parameters("api_key")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: SignedIn, kind: str) -> HttpResponse:
    """The form of a new configuration of one kind."""
    adapter = _adapter(kind)
    if request.method != "POST":
        form = ProviderForm(adapter)
        if form.initial["name"]:
            form.initial["name"] = changes.usual_name(request.user.pk, adapter)
        return show_new(request, form)
    form = ProviderForm(adapter, data=request.POST)
    try:
        row = changes.create(request.user.pk, {"kind": kind, **form.given()})
    except Invalid as error:
        form.refuse(error)
        return show_new(request, form, 400)
    except DatabaseError as error:
        return show_new(request, _unsaved(form, error), 503)
    return _added(request, row)


@sensitive_post_parameters("api_key")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def one(request: SignedIn, slug: str) -> HttpResponse:
    """One configuration; POST saves its form, and asks before a move to another host loses the key."""
    shared = shared_row(request.user.pk, slug)
    if shared is not None:
        return show_shared(request, shared)
    row = own_row(request.user.pk, slug)
    adapter = adapter_of(row)
    if request.method != "POST" or adapter is None:
        begin = request.session.pop(TEST_NEXT, None) == slug
        return show_one(request, row, begin_test=begin)
    form = ProviderForm(adapter, row, request.POST)
    try:
        changes.update(row, form.given())
    except Invalid as error:
        form.refuse(error)
        return show_one(request, own_row(request.user.pk, slug), 400, form=form)
    except HostChanged as error:
        return show_one(request, own_row(request.user.pk, slug), 409, form=form, host_changed=error)
    except DatabaseError as error:
        return show_one(request, own_row(request.user.pk, slug), 503, form=_unsaved(form, error))
    if request.POST.get("api_key"):
        request.session[TEST_NEXT] = slug
    messages.success(request, _("Saved"))
    return redirect("settings_provider", slug)


@require_POST
@login_required
def switch(request: SignedIn, slug: str) -> HttpResponse:
    """Turn a configuration on or off, as `enabled` says."""
    row = own_row(request.user.pk, slug)
    enabled = request.POST.get("enabled") == "true"
    try:
        changes.update(row, {"enabled": enabled})
        words = _("%(name)s is on") if enabled else _("%(name)s is off")
        messages.success(request, words % {"name": row.name})
    except Invalid as error:
        messages.error(request, next(iter(error.errors.values())))
    return redirect("settings_provider", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove_key(request: SignedIn, slug: str) -> HttpResponse:
    """Ask, then forget the stored key."""
    row = own_row(request.user.pk, slug)
    if request.method != "POST":
        return show_one(request, row, ask="key")
    changes.forget_key(row)
    messages.success(request, _("Key removed"))
    return redirect("settings_provider", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: SignedIn, slug: str) -> HttpResponse:
    """Ask, then delete."""
    row = own_row(request.user.pk, slug)
    if request.method != "POST":
        return show_one(request, row, ask="delete")
    try:
        changes.delete(row)
    except Invalid as error:
        messages.error(request, next(iter(error.errors.values())))
        return redirect("settings_provider", slug)
    messages.success(request, _("%(name)s is deleted") % {"name": row.name})
    return redirect("settings_providers")


@require_safe
@login_required
def new_index(request: SignedIn) -> HttpResponse:
    """The address before a kind is chosen: the tiles."""
    return redirect("settings_providers")


def _unsaved(form: ProviderForm, error: DatabaseError) -> ProviderForm:
    """The form with what was typed, but for the key, which no page repeats."""
    log.error("provider_not_saved", reason=type(error).__name__)
    form.refuse(Invalid(saving=_("Nothing was saved: the database did not take it. Give the key again, then retry.")))
    return form


def _added(request: HttpRequest, row: Connection) -> HttpResponse:
    request.session[TEST_NEXT] = row.slug
    messages.success(request, _("%(name)s is added") % {"name": row.name})
    return redirect("settings_provider", row.slug)


def _adapter(kind: str) -> Adapter:
    try:
        return providers.get(kind)
    except KeyError:
        raise Http404 from None
