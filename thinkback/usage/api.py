"""`/api/usage/…`: what it cost, for programs."""

from __future__ import annotations

from typing import cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from thinkback.accounts.models import User
from thinkback.api import ApiError, answer, api, page
from thinkback.usage import csv_export
from thinkback.usage.groups import GROUPINGS, MOST_HOURS
from thinkback.usage.presentation import record_json, report_json
from thinkback.usage.reports import report
from thinkback.usage.selections import Selection, read_selection


def _selection(request: HttpRequest) -> Selection:
    return read_selection(request, cast(User, request.user))


@api("GET", scope="usage")
def summary(request: HttpRequest) -> HttpResponse:
    """Totals of a range and the same by `group_by`."""
    group_by = request.GET.get("group_by") or "day"
    if group_by not in GROUPINGS:
        raise ApiError(400, "invalid_request", f"group_by must be one of {', '.join(GROUPINGS)}.", "group_by")
    selection = _selection(request)
    hours = (selection.span.end - selection.span.start).total_seconds() / 3600
    if group_by == "hour" and hours > MOST_HOURS:
        raise ApiError(400, "invalid_request", "At most 100 days can be asked for by the hour.", "from")
    return answer(report_json(selection, group_by, report(selection, group_by)))


@api("GET", scope="usage")
def records(request: HttpRequest) -> HttpResponse:
    """Single attempts, newest first, in pages."""
    rows = _selection(request).rows().select_related("user").order_by("-started_at", "-pk")
    return page(request, rows, record_json)


@api("GET", scope="usage")
async def records_csv(request: HttpRequest) -> HttpResponseBase:
    """Every attempt of the range, streamed."""
    selection = await sync_to_async(_selection)(request)
    span = selection.span
    response = StreamingHttpResponse(csv_export.lines(selection.rows()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="thinkback-usage-{span.first}-to-{span.last}.csv"'
    return response
