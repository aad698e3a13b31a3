"""`/api/presets` and `/api/prompts`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from thinkback.api import ApiError, ApiRequest, answer, api, read_json
from thinkback.presets.kept import Invalid, as_json, presets_of, store
from thinkback.presets.models import Preset, SavedPrompt


@api("GET", "POST", scope="chat")
def presets(request: ApiRequest) -> HttpResponse:
    """The user's presets and those that everybody has; or a new one."""
    assert request.user.pk is not None
    if request.method == "GET":
        return answer({"results": [as_json(preset) for preset in presets_of(request.user.pk)]})
    made = Preset(user=request.user)
    _store(made, request)
    return answer(as_json(made), 201)


@api("GET", "PATCH", "DELETE", scope="chat")
def preset(request: ApiRequest, id: UUID) -> HttpResponse:
    """One of the user's presets."""
    found = get_object_or_404(Preset, user=request.user, id=id)
    if request.method == "DELETE":
        found.delete()
        return HttpResponse(status=204)
    if request.method == "PATCH":
        _store(found, request)
    return answer(as_json(found))


@api("GET", "POST", scope="chat")
def prompts(request: ApiRequest) -> HttpResponse:
    """The user's saved prompts; or a new one."""
    if request.method == "GET":
        return answer({"results": [_prompt(one) for one in SavedPrompt.objects.filter(user=request.user)]})
    made = SavedPrompt(user=request.user)
    _store(made, request)
    return answer(_prompt(made), 201)


@api("GET", "PATCH", "DELETE", scope="chat")
def prompt(request: ApiRequest, id: UUID) -> HttpResponse:
    """One of the user's saved prompts."""
    found = get_object_or_404(SavedPrompt, user=request.user, id=id)
    if request.method == "DELETE":
        found.delete()
        return HttpResponse(status=204)
    if request.method == "PATCH":
        _store(found, request)
    return answer(_prompt(found))


def _store(row: Preset | SavedPrompt, request: ApiRequest) -> None:
    try:
        store(row, read_json(request))
    except Invalid as error:
        raise ApiError(400, "invalid_request", error.message, error.field) from None


def _prompt(prompt: SavedPrompt) -> dict[str, Any]:
    return {"id": str(prompt.id), "name": prompt.name, "text": prompt.text}
