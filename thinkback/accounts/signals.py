"""What follows from a change, wherever it is made: others forget what they remembered, and the trail gets an entry."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from thinkback.accounts import audit, first, revocation
from thinkback.accounts.models import AllowedOrigin, ApiToken, User


@receiver(post_save, sender=User)
def user_changed(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    """A new password, role or state ends what is remembered of this user; a sign-in does not."""
    if created:
        audit.record("account_created", instance.pk, f"{instance.username} ({instance.role})")
        transaction.on_commit(first.forget_code)
    elif update_fields != frozenset({"last_login"}):
        revocation.announce(f"user:{instance.pk}")


@receiver(post_delete, sender=User)
def user_deleted(instance: User, **_: Any) -> None:
    """Nobody may call as somebody who is gone."""
    revocation.announce(f"user:{instance.pk}")


@receiver([post_save, post_delete], sender=ApiToken)
def token_changed(instance: ApiToken, **_: Any) -> None:
    """A revoked token is dead at once; the origins of a new one are allowed at once."""
    revocation.announce(f"token:{instance.pk}")


@receiver([post_save, post_delete], sender=AllowedOrigin)
def origins_changed(instance: AllowedOrigin, **_: Any) -> None:
    """The new list counts at once."""
    revocation.announce(f"user:{instance.user_id}")


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody came in."""
    audit.record("signed_in", user.pk, user.username, audit.Where.of(request))


@receiver([password_changed, password_reset])
def changed_password(request: HttpRequest, user: User, **_: Any) -> None:
    """The password was changed, on the page or by a link sent by e-mail."""
    audit.record("password_changed", user.pk, user.username, audit.Where.of(request))
