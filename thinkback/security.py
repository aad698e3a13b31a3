"""The headers that keep a page to itself. They come from one async middleware; Django's own costs a thread hop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",  # the page's own WebSocket included (CSP 3)
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
Answer = Callable[[HttpRequest], HttpResponseBase]
AsyncAnswer = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def protect(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Put the headers on; a header that the view set itself stays as it is."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if settings.HSTS_SECONDS and request.is_secure():
        response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.HSTS_SECONDS}")
    # What a page shows depends on who asks: no cache may keep it, and the back button shows no signed-out page.
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


class SecurityHeaders:
    """Sets the headers of every answer that Django makes."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Answer | AsyncAnswer) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer, with the headers; awaitable when what is inside is."""
        if iscoroutinefunction(self.get_response):
            return self.answer_later(request)
        response: HttpResponseBase = self.get_response(request)  # type: ignore[assignment]  # sync here
        return protect(request, response)

    async def answer_later(self, request: HttpRequest) -> HttpResponseBase:
        """The same under ASGI."""
        return protect(request, await self.get_response(request))  # type: ignore[misc]  # async here
