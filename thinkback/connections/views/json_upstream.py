"""`/api/providers/<slug>/test` and `…/models`: what asks the provider itself."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse

from proxy.call import Caller
from thinkback.api import ApiError, ApiRequest, answer, api, read_json
from thinkback.connections import answers, catalogue, facts, list_prices, refreshing
from thinkback.connections.checking import check
from thinkback.connections.models import Connection
from thinkback.connections.views.finding import own_row, shared_row, told_as_api_errors

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
    """The models with their prices, hidden ones marked. Kept for a day; an old list is answered while one is fetched.

    `?refresh=1` fetches first, and so does a list that was never fetched.
    """
    shared = await sync_to_async(shared_row)(request.user.pk, slug)
    if shared is not None:
        results = await _told(shared)
        fetched_at = shared.models_fetched_at
        return answer({"results": results, "next": None, "fetched_at": fetched_at, "refreshing": False})
    row = await sync_to_async(own_row)(request.user.pk, slug)
    asked = request.GET.get("refresh") == "1"
    if asked or (row.models_fetched_at is None and row.enabled):
        problem = await refreshing.refresh(request.caller, row)
        if problem is not None and asked:
            raise ApiError(502, "network_error", f"{problem.message} {problem.fix}".strip())
        row = await sync_to_async(own_row)(request.user.pk, slug)
    under_way = refreshing.refresh_soon(request.caller, row)
    results = await _told(row)
    return answer({"results": results, "next": None, "fetched_at": row.models_fetched_at, "refreshing": under_way})


async def _told(row: Connection) -> list[dict[str, Any]]:
    return [answers.told_model(entry) for entry in await list_prices.priced(row, catalogue.entries(row))]


@api("GET", "PATCH", scope="providers")
def model(request: ApiRequest, slug: str, model_id: str) -> HttpResponse:
    """One model as it was last fetched. PATCH: what the user says of it himself, null to take that back."""
    shared = shared_row(request.user.pk, slug)
    row = shared or own_row(request.user.pk, slug)
    if request.method == "PATCH":
        if shared is not None:
            raise ApiError(403, "invalid_request", "The administrator shares this provider; only he can change it.")
        with told_as_api_errors():
            entry = facts.say(row, model_id, read_json(request))
    else:
        entry = next((one for one in catalogue.entries(row) if one.id == model_id), None)
    if entry is None:
        raise ApiError(404, "not_found", "This provider lists no such model.")
    (told,) = async_to_sync(list_prices.priced)(row, [entry])
    return answer(answers.told_model(told))
