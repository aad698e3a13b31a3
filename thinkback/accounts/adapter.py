"""What allauth asks of this site."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, override

from thinkback.accounts import audit, first, revocation
from thinkback.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-up for the first visitor and by the site's rule; sign-out that every process hears of."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy(
            "This name and password do not belong together. Check both, and try again."
        ),
        "enter_current_password": gettext_lazy("This is not your password. Type the one you sign in with."),
        "incorrect_password": gettext_lazy("This is not your password. Type the one you sign in with."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait a few minutes, then try again."),
        "rate_limited": gettext_lazy("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """While nobody exists, and afterwards as THINKBACK_SIGNUP says (closed unless set)."""
        return first.nobody() or settings.SIGNUP == "open"

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save a new user with his role. Raises first.TooLate."""
        super().save_user(request, user, form, commit=False)  # hashes the password: not inside a transaction
        first.enrol(user, may_own=form.first_visitor)
        return user

    def logout(self, request: HttpRequest) -> None:
        """End the session, then make every process forget it."""
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            revocation.announce(f"user:{user.pk}")
            audit.record("signed_out", user.pk, user.username, audit.Where.of(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the account."""
        return reverse("settings_account")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of whom it goes to, whoever asked for it."""
        user = context.get("user")
        with override(user.language if isinstance(user, User) and user.language else get_language()):
            super().send_mail(template_prefix, email, context)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that rate limits count by. Whoever comes through a Unix socket has none, and shares one count."""
        return str(request.META.get("REMOTE_ADDR") or "unknown")
