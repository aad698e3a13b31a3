"""allauth's pages at the door, with what this site adds to them."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth_views
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from thinkback.accounts import first


class Login(allauth_views.LoginView):  # type: ignore[misc]  # allauth has no types
    """Sign in; the very first visitor is shown the way to his account."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether there is anybody, and whether others may join."""
        extra = {"first_visitor": first.nobody(), "signup_open": settings.SIGNUP == "open"}
        return {**super().get_context_data(**kwargs), **extra}


class Signup(allauth_views.SignupView):  # type: ignore[misc]  # allauth has no types
    """Make an account."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save and sign in; who comes too late sees the page as it is now."""
        try:
            response: HttpResponse = super().form_valid(form)
        except first.TooLate:
            return redirect("account_signup")
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether this is the owner's account, and whether the code is asked for."""
        context = super().get_context_data(**kwargs)
        form = context["form"]
        return {**context, "first_visitor": form.first_visitor, "needs_code": form.needs_code}


class PasswordReset(allauth_views.PasswordResetView):  # type: ignore[misc]  # allauth has no types
    """A link by e-mail; without a mail server the page says what to do instead."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send the link, if anything can be sent."""
        response: HttpResponse = super().post(*args, **kwargs) if settings.HAS_EMAIL else self.get(*args, **kwargs)
        return response
