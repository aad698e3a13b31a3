"""The places where somebody is signed in."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from thinkback.accounts import identity
from thinkback.accounts.models import User


def count(user: User) -> int:
    """In how many places this user is signed in. Reads every session of the site: for a page, not for a call."""
    total = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk) and identity.is_current(user, data):
            total += 1
    return total


def end_others(request: HttpRequest, user: User) -> None:
    """Sign out everywhere but here."""
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    update_session_auth_hash(request, user)
