"""The connection check: a page that tries each way between itself and the server, and the addresses that it tries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from thinkback.chat.event_stream import HEADERS
from thinkback.connectivity import probes

EVENTS = 5
GAP = 0.2  # seconds between two events


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """The page, which does the trying."""
    context = {"public_url": settings.PUBLIC_URL, "trusts": bool(settings.TRUSTED_PROXIES)}
    return render(request, "settings/connection.html", context)


@require_safe
@login_required
def seen(request: HttpRequest) -> HttpResponse:
    """A request as it arrives here; with `?probe=`, also what arrived of that WebSocket."""
    facts: dict[str, Any] = {
        "host": request.get_host(),
        "scheme": request.scheme,
        "client": request.META.get("REMOTE_ADDR", ""),
        "forwarded_proto": request.headers.get("X-Forwarded-Proto", ""),
        "trusts": bool(settings.TRUSTED_PROXIES),
        "public_url": settings.PUBLIC_URL,
        "socket": probes.SEEN.get(request.GET.get("probe", "")),
    }
    return JsonResponse(facts)


@require_safe
def stripped(request: HttpRequest) -> HttpResponse:
    """A WebSocket that arrived as a plain request: something on the way took its `Upgrade` header."""
    facts = {"came": "http", "upgrade": request.headers.get("Upgrade", ""), "accepted": False}
    probes.keep(request.GET.get("probe", ""), facts)
    return JsonResponse(facts, status=426)


@login_required
async def events(request: HttpRequest) -> HttpResponseBase:
    """Some events, a moment apart: whoever holds answers back delivers them together."""
    return StreamingHttpResponse(_events(), content_type="text/event-stream", headers=HEADERS)


async def _events() -> AsyncGenerator[str]:
    for number in range(EVENTS):
        if number:
            await asyncio.sleep(GAP)
        yield f"data: {number}\n\n"


@require_POST
@login_required
def size(request: HttpRequest) -> HttpResponse:
    """How much of a large request arrived."""
    return JsonResponse({"bytes": len(request.body)})
