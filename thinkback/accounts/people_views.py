"""`/settings/people`: how much each person may ask for, for owner and administrators."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from thinkback.accounts import audit
from thinkback.accounts.door import SignedIn
from thinkback.accounts.forms import LimitsForm
from thinkback.accounts.models import User
from thinkback.lower_limits import in_words, site_limits

SHOWN = 50  # people on a page


def may_limit(staff: User, person: User) -> bool:
    """Whether one may set the other's limits: the owner everybody's, an administrator those of members."""
    return staff.role == User.Role.OWNER or (staff.is_staff and person.role == User.Role.MEMBER)


@login_required
@require_safe
def settings_people(request: SignedIn) -> HttpResponse:
    """Everybody, with what was set for them (403 for members)."""
    if not request.user.is_staff:
        raise PermissionDenied
    page = Paginator(User.objects.order_by("username"), SHOWN).get_page(request.GET.get("page"))
    people = [(person, in_words(person.ceiling), may_limit(request.user, person)) for person in page]
    return render(request, "accounts/people.html", {"people": people, "page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_person(request: SignedIn, user_id: int) -> HttpResponse:
    """One person's limits; a POST sets them, and they count at once."""
    if not request.user.is_staff:
        raise PermissionDenied
    person = get_object_or_404(User, pk=user_id)
    if not may_limit(request.user, person):
        raise PermissionDenied
    form = LimitsForm(request.POST if request.method == "POST" else None, initial=person.ceiling, most=site_limits())
    if request.method == "POST" and form.is_valid():
        person.ceiling = form.limits()
        person.save(update_fields=["ceiling"])
        words = ", ".join(f"{name}={number}" for name, number in person.ceiling.items())
        audit.record("ceiling_changed", request.user.pk, f"{person.username}: {words}", audit.Where.of(request))
        messages.success(request, _("The limits of %(username)s are saved.") % {"username": person.username})
        return redirect("settings_people")
    return render(request, "accounts/person.html", {"form": form, "person": person}, status=400 if form.errors else 200)
