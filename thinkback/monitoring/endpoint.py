"""`/metrics`, for a Prometheus server: the same machine, or whoever has the token."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from thinkback.accounts.first import sits_here

NEED_TOKEN = b"Send the token of THINKBACK_METRICS_TOKEN: Authorization: Bearer ...\n"
ELSEWHERE = b"The metrics are read from the server's own machine, or with a token: see THINKBACK_METRICS_TOKEN.\n"
PLAIN = "text/plain; charset=utf-8"


class Metrics:
    """An ASGI application for /metrics."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """200 with all metrics; 401 or 403 for whom they are not meant."""
        status, kind, body = 405, PLAIN, b"Read the metrics with GET.\n"
        if scope["method"] in ("GET", "HEAD"):
            status, kind, body = self.answer(scope)
        headers = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body))]
        headers += [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
        if status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def answer(self, scope: dict[str, Any]) -> tuple[int, str, bytes]:
        """Status, content type and body."""
        request = ASGIRequest(scope, io.BytesIO())
        token = settings.METRICS_TOKEN
        if token is not None and not carries(request, token):
            return 401, PLAIN, NEED_TOKEN
        if token is None and not is_local(request):
            return 403, PLAIN, ELSEWHERE
        return 200, CONTENT_TYPE_PLAIN_0_0_4, generate_latest(self.registry)


def carries(request: ASGIRequest, token: str) -> bool:
    """Whether the request shows the token; compared in constant time."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and constant_time_compare(given.strip(), token)


def is_local(request: ASGIRequest) -> bool:
    """Whether it comes from this machine, and through no proxy: a web server before us sits here too."""
    try:
        return sits_here(request)
    except SuspiciousOperation:
        return False
