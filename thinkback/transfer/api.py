"""Imports as JSON: `/api/import` and `/api/imports/<id>`."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from thinkback.answers import ApiError, answer
from thinkback.api import ApiRequest, api, page
from thinkback.chat.wellformed import wellformed
from thinkback.transfer import receiving
from thinkback.transfer.models import Import, Line
from thinkback.usage.csv_export import safe

COUNTS = {outcome: Count("lines", filter=Q(lines__outcome=outcome)) for outcome in Line.Outcome.values}


@api("POST", scope="chat")
def begin(request: ApiRequest) -> HttpResponse:
    """Import the file in the body. Where `?size=` says that it is longer, the rest comes by PATCH."""
    piece = _body(request)
    size = _number(request, "size", len(piece))
    if len(piece) > size:
        raise ApiError(400, "invalid_request", "The file is longer than was announced.", "size")
    made = receiving.begin(request.user.pk, wellformed(request.GET.get("name", "")), size)
    if piece:
        made = receiving.receive(made, 0, piece)
    return answer(shown(made), 202)


@api("GET", scope="chat")
def imports(request: ApiRequest) -> HttpResponse:
    """The imports, newest first."""
    rows = Import.objects.filter(user=request.user).annotate(**COUNTS).order_by("-created_at", "-id")
    return page(request, rows, shown)


@api("GET", "PATCH", "DELETE", scope="chat")
def one(request: ApiRequest, id: UUID) -> HttpResponse:
    """How an import goes; its next piece; the end of it, or of its report when it is over."""
    found = receiving.of_user(request.user.pk, id)
    if request.method == "PATCH":
        found = receiving.receive(found, _number(request, "offset", 0), _body(request))
    if request.method == "DELETE":
        receiving.cancel(found)
        return HttpResponse(status=204)
    return answer(shown(found))


@api("GET", scope="chat")
def report(request: ApiRequest, id: UUID) -> HttpResponse:
    """What became of each conversation, as JSON or CSV."""
    return report_of(receiving.of_user(request.user.pk, id), request.GET.get("format", "json"))


def report_of(found: Import, format: str) -> HttpResponse:
    """The report as a file. Raises ApiError."""
    rows = [_line(line) for line in found.lines.all()]
    if format == "json":
        return answer({"import": shown(found), "conversations": rows})
    if format != "csv":
        raise ApiError(400, "invalid_request", "format must be json or csv.", "format")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("number", "title", "outcome", "reason", "chat"))
    writer.writerows([safe(value) for value in row.values()] for row in rows)
    response = HttpResponse(text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"import of {found.name}.csv") or "attachment"
    return response


def shown(found: Import) -> dict[str, Any]:
    """An import as the API tells it."""
    names = ("id", "name", "size", "received", "state", "kind", "problem", "progress", "created_at", "finished_at")
    told = {name: getattr(found, name) for name in names}
    if not hasattr(found, "imported"):
        found = Import.objects.annotate(**COUNTS).get(pk=found.pk)
    return told | {outcome: getattr(found, outcome) for outcome in COUNTS}


def _line(line: Line) -> dict[str, Any]:
    names = ("number", "title", "outcome", "reason")
    return {name: getattr(line, name) for name in names} | {"chat": line.conversation_id}


def _body(request: ApiRequest) -> bytes:
    try:
        return bytes(request.body)
    except RequestDataTooBig:
        raise ApiError(413, "too_large", "Send at most 32 MB at once, and say the size of all with ?size=.") from None


def _number(request: ApiRequest, name: str, default: int) -> int:
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ApiError(400, "invalid_request", f"{name} must be a whole number.", name)
    return int(text)
