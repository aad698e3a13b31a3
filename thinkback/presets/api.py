"""`/api/presets` and `/api/prompts`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from thinkback.api import ApiError, ApiRequest, answer, api, read_json
from thinkback.presets.built_in import BuiltIn
from thinkback.presets.kept import Invalid, as_json, presets_of, store
from thinkback.presets.models import Preset, SavedPrompt

Row = Preset | SavedPrompt


@api("GET", "POST", scope="chat")
def presets(request: ApiRequest) -> HttpResponse:
    """The user's presets and those that everybody has; or a new one."""
    assert request.user.pk is not None
    return _list_or_make(request, presets_of(request.user.pk), Preset(user=request.user))


@api("GET", "PATCH", "DELETE", scope="chat")
def preset(request: ApiRequest, id: UUID) -> HttpResponse:
    """One of the user's presets."""
    return _one(request, get_object_or_404(Preset, user=request.user, id=id))


@api("GET", "POST", scope="chat")
def prompts(request: ApiRequest) -> HttpResponse:
    """The user's saved prompts; or a new one."""
    return _list_or_make(request, SavedPrompt.objects.filter(user=request.user), SavedPrompt(user=request.user))


@api("GET", "PATCH", "DELETE", scope="chat")
def prompt(request: ApiRequest, id: UUID) -> HttpResponse:
    """One of the user's saved prompts."""
    return _one(request, get_object_or_404(SavedPrompt, user=request.user, id=id))


def _list_or_make(request: ApiRequest, rows: Iterable[Row | BuiltIn], made: Row) -> HttpResponse:
    if request.method == "GET":
        return answer({"results": [_told(row) for row in rows]})
    _store(made, request)
    return answer(_told(made), 201)


def _one(request: ApiRequest, row: Row) -> HttpResponse:
    if request.method == "DELETE":
        row.delete()
        return HttpResponse(status=204)
    if request.method == "PATCH":
        _store(row, request)
    return answer(_told(row))


def _store(row: Row, request: ApiRequest) -> None:
    try:
        store(row, read_json(request))
    except Invalid as error:
        raise ApiError(400, "invalid_request", error.message, error.field) from None


def _told(row: Row | BuiltIn) -> dict[str, Any]:
    if isinstance(row, SavedPrompt):
        return {"id": str(row.id), "name": row.name, "text": row.text}
    return as_json(row)
