"""Pages and JSON are sent compressed to whoever takes that.

Streams stay as they are: an event must not wait for the next one to fill a block.
"""

from __future__ import annotations

import asyncio
import re
from typing import TypeGuard

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

from thinkback.middleware import Answer, AsyncAnswer, Middleware

TYPES = ("text/html", "application/json")
SHORT = 1_000  # bytes under which it is not worth it
LONG = 16_000  # bytes from which it is done in a thread: it takes a millisecond there
# Random bytes in the head of each, so that its length tells nothing of a secret beside what a stranger had put in
# ("Heal the Breach", as in Django's own).
NOISE = 100
_GZIP = re.compile(r"\bgzip\b")


class Compression(Middleware):
    """Compresses whole answers with gzip."""

    def answer(self, request: HttpRequest, inside: Answer) -> HttpResponseBase:
        """Answer, compressed."""
        response = inside(request)
        if _is_worth_it(response, request):
            _replace(response, compress_string(response.content, max_random_bytes=NOISE))
        return response

    async def answer_later(self, request: HttpRequest, inside: AsyncAnswer) -> HttpResponseBase:
        """The same under ASGI."""
        response = await inside(request)
        if _is_worth_it(response, request):
            content = response.content
            if len(content) < LONG:
                _replace(response, compress_string(content, max_random_bytes=NOISE))
            else:
                _replace(response, await asyncio.to_thread(compress_string, content, max_random_bytes=NOISE))
        return response


def _is_worth_it(response: HttpResponseBase, request: HttpRequest) -> TypeGuard[HttpResponse]:
    if not isinstance(response, HttpResponse) or not response.headers.get("Content-Type", "").startswith(TYPES):
        return False
    patch_vary_headers(response, ("Accept-Encoding",))
    if len(response.content) < SHORT or response.has_header("Content-Encoding"):
        return False
    return bool(_GZIP.search(request.headers.get("Accept-Encoding", "")))


def _replace(response: HttpResponse, content: bytes) -> None:
    if len(content) < len(response.content):
        response.content = content
        response.headers["Content-Length"] = str(len(content))
        response.headers["Content-Encoding"] = "gzip"
