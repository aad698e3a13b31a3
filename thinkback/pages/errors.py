"""What is answered when something is not there or went wrong: a page for people, JSON below /api/."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from thinkback.answers import ApiError, failure

API = "/api/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if request.path.startswith(API):
        return failure(ApiError(404, "not_found", "There is nothing at this address."))
    return defaults.page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """500, without a word of what went wrong; the log says it."""
    if request.path.startswith(API):
        return failure(ApiError(500, "server_error", "ThinkBack failed. Its log says why."))
    return defaults.server_error(request)
