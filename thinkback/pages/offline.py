"""The page for when ThinkBack cannot be reached, and the worker that keeps it in the browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from thinkback import __version__

FILES = ("img/mark.svg", "js/theme.js", *(f"css/{name}.css" for name in ("variables", "base", "shell")))
FILES += tuple(f"css/{name}.css" for name in ("controls", "parts", "floats"))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The same for everybody, so that the worker may keep it."""
    return render(request, "offline.html")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It must come from the root, or it could not answer for the pages."""
    context = {"version": __version__, "files": FILES}
    return render(request, "service_worker.js", context, content_type="text/javascript")
