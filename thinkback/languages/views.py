"""`/language`: choose the language of the pages, whether or not somebody is signed in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from thinkback.accounts.models import User
from thinkback.languages.choosing import spoken

YEAR = 60 * 60 * 24 * 365  # seconds


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the language in this browser, and for the user if there is one; then back to the page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    code = spoken(request.POST.get("language", ""))
    if code is not None:
        remember(response, code)
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=code)
    return response


def remember(response: HttpResponse, code: str) -> None:
    """In this browser, for the pages that are seen before signing in; "" forgets it."""
    if code:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
