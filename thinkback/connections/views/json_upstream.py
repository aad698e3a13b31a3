"""`/api/providers/<slug>/test` and `…/models`: what asks the provider itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from proxy.call import Caller
from thinkback.api import ApiError, ApiRequest, answer, api
from thinkback.connections import answers, catalogue, refreshing
from thinkback.connections.checking import check
from thinkback.connections.models import Connection
from thinkback.connections.views.finding import own_row

LINES = "application/x-ndjson"


@api("POST", scope="providers")
async def test(request: ApiRequest, slug: str) -> HttpResponseBase:
    """Test a configuration. `{"ok", "steps"}`, or with `Accept: application/x-ndjson` a line per step as it ends."""
    row = await sync_to_async(own_row)(request.user.pk, slug)
    if request.accepts(LINES) and not request.accepts("application/json"):
        return StreamingHttpResponse(_lines(request.caller, row), content_type=LINES)
    steps = [asdict(step) async for step in check(request.caller, row)]
    return answer({"ok": all(step["ok"] for step in steps), "steps": steps})


async def _lines(caller: Caller, row: Connection) -> AsyncIterator[bytes]:
    async for step in check(caller, row):
        yield json.dumps(asdict(step)).encode() + b"\n"


@api("GET", scope="providers")
async def models(request: ApiRequest, slug: str) -> HttpResponse:
    """The models, hidden ones marked. Kept for a day; an older list is answered while a new one is fetched.

    `?refresh=1` fetches first, and so does a list that was never fetched.
    """
    row = await sync_to_async(own_row)(request.user.pk, slug)
    asked = request.GET.get("refresh") == "1"
    if asked or (row.models_fetched_at is None and row.enabled):
        problem = await refreshing.refresh(request.caller, row)
        if problem is not None and asked:
            raise ApiError(502, "network_error", f"{problem.message} {problem.fix}".strip())
        row = await sync_to_async(own_row)(request.user.pk, slug)
    under_way = refreshing.refresh_soon(request.caller, row)
    results = [answers.told_model(entry) for entry in catalogue.entries(row)]
    return answer({"results": results, "next": None, "fetched_at": row.models_fetched_at, "refreshing": under_way})


@api("GET", scope="providers")
def model(request: ApiRequest, slug: str, model_id: str) -> HttpResponse:
    """One model as it was last fetched."""
    row = own_row(request.user.pk, slug)
    for entry in catalogue.entries(row):
        if entry.id == model_id:
            return answer(answers.told_model(entry))
    raise ApiError(404, "not_found", "This provider lists no such model.")
