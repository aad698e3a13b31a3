"""What a user chose about the chat page, as JSON: `/api/preferences`."""

from __future__ import annotations

from django.http import HttpResponse

from thinkback.api import ApiError, ApiRequest, answer, api, read_json
from thinkback.chat import preferences


@api("GET", "PATCH", scope="chat")
def chosen(request: ApiRequest) -> HttpResponse:
    """Every choice by name; PATCH changes those that it names."""
    assert request.user.pk is not None
    if request.method == "GET":
        return answer(preferences.of(request.user.pk))
    try:
        return answer(preferences.choose(request.user.pk, read_json(request)))
    except ValueError as error:
        name = str(error)
        message = f"{name} has no such value." if name in preferences.CHOICES else f"There is no choice {name[:100]!r}."
        raise ApiError(400, "invalid_request", message, name[:100]) from None
