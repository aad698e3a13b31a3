"""Every answer of `/api` that a test sees is held against the description of the API, and what was asked too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from tests.schema import faults
from thinkback.middleware import Answer, AsyncAnswer, Middleware
from thinkback.pages.api_docs import description

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
JSON = "application/json"


class Conformance(Middleware):
    """AssertionError, which a test's client raises again, for an answer that is not as described."""

    def answer(self, request: HttpRequest, inside: Answer) -> HttpResponseBase:
        """Answer, and look at it."""
        return _checked(request, inside(request))

    async def answer_later(self, request: HttpRequest, inside: AsyncAnswer) -> HttpResponseBase:
        """The same under ASGI."""
        return _checked(request, await inside(request))


def _checked(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    match = request.resolver_match
    path = "/" + PARAMETER.sub(r"{\1}", match.route if match else "")
    said = description()["paths"].get(path, {}).get(str(request.method).lower())
    if said is not None and isinstance(response, HttpResponse):
        sent = getattr(request, "_body", b"") if request.content_type == JSON else b""  # what the view read of it
        found = list(_faults(said, sent, response))
        assert not found, f"{request.method} {path} ({response.status_code}): {found}"
    return response


def _faults(said: dict[str, Any], sent: bytes, response: HttpResponse) -> Iterator[str]:
    status = str(response.status_code)
    if response.status_code < 300:
        if status not in said["responses"]:
            yield "this status is not described"
        elif sent and "requestBody" in said:
            yield from faults(json.loads(sent), said["requestBody"]["content"][JSON]["schema"], "sent")
    told = said["responses"].get(status, {}).get("content", {})
    if response.headers.get("Content-Type", "").partition(";")[0] != JSON:
        return
    schema = told[JSON]["schema"] if JSON in told else {"$ref": "#/components/schemas/Error"}
    yield from faults(json.loads(response.content), schema, "answered")
