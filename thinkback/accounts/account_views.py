"""`/settings/account`: who one is here, how much one may ask for, from which origins, where one is signed in."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from thinkback.accounts import audit, sessions
from thinkback.accounts.door import SignedIn
from thinkback.accounts.forms import LimitsForm, OriginForm, ProfileForm
from thinkback.accounts.models import AllowedOrigin
from thinkback.languages.middleware import read_again
from thinkback.languages.views import remember


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_account(request: SignedIn) -> HttpResponse:
    """Show the account; a POST changes e-mail, language and time zone."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        _save_profile(form)
        response = redirect("settings_account")
        remember(response, form.instance.language)
        read_again(request, form.instance)
        messages.success(request, _("Saved."))
        return response
    return _show(request, form=form)


def _save_profile(form: ProfileForm) -> None:
    user = form.instance
    with transaction.atomic():
        user.save(update_fields=["email", "language", "timezone"])
        if "email" in form.changed_data:  # allauth keeps addresses in a table of its own
            EmailAddress.objects.filter(user=user).delete()
            if user.email:
                EmailAddress.objects.create(user=user, email=user.email, primary=True)


def _show(request: SignedIn, **forms: BaseForm) -> HttpResponse:
    context = {
        "form": ProfileForm(instance=request.user),
        "origin_form": OriginForm(),
        "limits_form": LimitsForm(initial=request.user.limits, most=request.user.most),
        **forms,
        "origins": request.user.allowed_origins.order_by("origin"),
        "sessions": sessions.count(request.user),
    }
    return render(request, "accounts/account.html", context)


@login_required
@require_POST
def set_limits(request: SignedIn) -> HttpResponse:
    """Change one's own limits."""
    form = LimitsForm(request.POST, most=request.user.most)
    if not form.is_valid():
        return _show(request, limits_form=form)
    request.user.limits = form.limits()
    request.user.save(update_fields=["limits"])
    words = ", ".join(f"{name}={number}" for name, number in request.user.limits.items())
    audit.record("limits_changed", request.user.pk, words, audit.Where.of(request))
    messages.success(request, _("Your limits are saved."))
    return redirect("settings_account")


@login_required
@require_POST
def add_origin(request: SignedIn) -> HttpResponse:
    """Let programs on one more origin call for this user."""
    form = OriginForm(request.POST)
    if not form.is_valid():
        return _show(request, origin_form=form)
    origin = form.cleaned_data["origin"]
    try:
        with transaction.atomic():
            AllowedOrigin.objects.create(user=request.user, origin=origin)
    except IntegrityError:
        messages.info(request, _("%(origin)s is on the list already.") % {"origin": origin})
    else:
        audit.record("origin_added", request.user.pk, origin, audit.Where.of(request))
        messages.success(request, _("Programs on %(origin)s may call now.") % {"origin": origin})
    return redirect("settings_account")


@login_required
@require_POST
def remove_origin(request: SignedIn, origin_id: int) -> HttpResponse:
    """Take an origin off the list."""
    found = get_object_or_404(AllowedOrigin, pk=origin_id, user=request.user)
    found.delete()
    audit.record("origin_removed", request.user.pk, found.origin, audit.Where.of(request))
    messages.success(request, _("%(origin)s is off the list.") % {"origin": found.origin})
    return redirect("settings_account")


@login_required
@require_POST
def end_sessions(request: SignedIn) -> HttpResponse:
    """Sign out everywhere but here."""
    sessions.end_others(request, request.user)
    audit.record("signed_out_elsewhere", request.user.pk, request.user.username, audit.Where.of(request))
    messages.success(request, _("You are signed out everywhere but here."))
    return redirect("settings_account")
