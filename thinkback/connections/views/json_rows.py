"""`/api/providers`: a user's configurations as JSON."""

from __future__ import annotations

from django.http import Http404, HttpResponse

import providers
from thinkback.api import ApiError, ApiRequest, answer, api, page, read_json
from thinkback.connections import answers, changes, practice
from thinkback.connections.models import Connection
from thinkback.connections.views.finding import own_row, shared_row, told_as_api_errors


@api("GET", "POST", scope="providers")
def providers_list(request: ApiRequest) -> HttpResponse:
    """GET: all of them, newest first. POST: a new one; 201 with the configuration."""
    if request.method == "POST":
        with told_as_api_errors():
            row = changes.create(request.user.pk, read_json(request))
        response = answer(answers.told(row), 201)
        response["Location"] = f"/api/providers/{row.slug}"
        return response
    practice.ensure(request.user.pk)
    return page(request, Connection.objects.filter(user_id=request.user.pk), answers.told)


@api("GET", "PATCH", "DELETE", scope="providers")
def provider(request: ApiRequest, slug: str) -> HttpResponse:
    """One of them: read, changed (409 `host_changed` before a key would be lost), or deleted (204)."""
    shared = shared_row(request.user.pk, slug)
    if shared is not None:
        if request.method != "GET":
            raise ApiError(403, "invalid_request", "The administrator shares this provider; only he can change it.")
        return answer(answers.told_shared(shared))
    row = own_row(request.user.pk, slug)
    with told_as_api_errors():
        if request.method == "DELETE":
            changes.delete(row)
            return HttpResponse(status=204)
        if request.method == "PATCH":
            row = changes.update(row, read_json(request))
    return answer(answers.told(row))


@api("GET", scope="providers")
def kinds(request: ApiRequest) -> HttpResponse:
    """The kinds that can be added, with the fields of their forms."""
    return answer({"results": [answers.told_kind(adapter) for adapter in providers.available()], "next": None})


@api("GET", scope="providers")
def kind(request: ApiRequest, kind: str) -> HttpResponse:
    """One of these kinds, with its fields as a JSON Schema."""
    try:
        return answer(answers.told_with_schema(providers.get(kind)))
    except KeyError:
        raise Http404 from None
