"""The headers that keep a page to itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from thinkback.middleware import Answer, AsyncAnswer, Middleware

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


def protect(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Put the headers on; a header that the view set itself stays as it is."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if settings.HSTS_SECONDS and request.is_secure():
        response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.HSTS_SECONDS}")
    # What a page shows depends on who asks: no cache may keep it, and the back button shows no signed-out page.
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


class SecurityHeaders(Middleware):
    """Sets the headers of every answer that Django makes."""

    def answer(self, request: HttpRequest, inside: Answer) -> HttpResponseBase:
        """Answer, with the headers."""
        return protect(request, inside(request))

    async def answer_later(self, request: HttpRequest, inside: AsyncAnswer) -> HttpResponseBase:
        """The same under ASGI."""
        return protect(request, await inside(request))
