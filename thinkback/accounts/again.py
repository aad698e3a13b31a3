"""Signing in again beside a page that stays open: who is there now, and the page that the small window ends on."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """The id of the user who is signed in (null for nobody), and the token that his requests need from now on."""
    return JsonResponse({"user": request.user.pk, "csrf_token": get_token(request)})


@require_safe
@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """The end of the small window."""
    return render(request, "account/signed_in.html")
