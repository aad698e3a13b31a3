"""Exports to take away: from the pages, and for programs at `/api/…/export`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from thinkback.answers import ApiError
from thinkback.api import ApiRequest, api
from thinkback.chat.models import Conversation
from thinkback.transfer import archive, exporting
from thinkback.transfer.archive import FORMATS, Archive

ALL = "thinkback-chats.zip"


@api("GET", scope="chat")
def api_one(request: ApiRequest, id: UUID) -> HttpResponseBase:
    """A conversation as JSON or Markdown; as a zip when it has files."""
    return _one(request.user.pk, id, _format(request))


@api("GET", scope="chat")
def api_all(request: ApiRequest) -> HttpResponseBase:
    """Every conversation that is not in the trash, as a zip."""
    return _all(request.user.pk, _format(request))


@require_safe
@login_required
def one(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The same for the page's own links, which work where browsers do not tell who asks."""
    return _page(request, id)


@require_safe
@login_required
def everything(request: HttpRequest) -> HttpResponseBase:
    """The same of everything."""
    return _page(request, None)


def _page(request: HttpRequest, id: UUID | None) -> HttpResponseBase:
    try:
        format = _format(request)
    except ApiError as error:
        raise Http404 from error
    assert request.user.pk is not None
    return _all(request.user.pk, format) if id is None else _one(request.user.pk, id, format)


def _format(request: HttpRequest) -> str:
    format = request.GET.get("format", "json")
    if format not in FORMATS:
        raise ApiError(400, "invalid_request", "format must be json or md.", "format")
    return format


def _one(user_id: int, id: UUID, format: str) -> HttpResponseBase:
    found = _own(user_id).filter(id=id).select_related("folder").first()
    if found is None:
        raise Http404
    exported = exporting.export(found)
    name = archive.name_of(exported.chat)
    if exported.files:
        return _file(StreamingHttpResponse(_later(archive.one(exported, format))), f"{name}.zip", "application/zip")
    return _file(HttpResponse(archive.text(exported.chat, format)), f"{name}.{format}", FORMATS[format][1])


def _all(user_id: int, format: str) -> HttpResponseBase:
    return _file(StreamingHttpResponse(_later(_pieces(user_id, format))), ALL, "application/zip")


def _pieces(user_id: int, format: str) -> Iterator[bytes]:
    """The zip of everything, oldest first; a conversation that goes away meanwhile is left out."""
    rows = _own(user_id).filter(temporary=False)
    order = sorted(
        (row.created_at, exporting.origin_of(row), row.id) for row in rows.only("id", "origin", "created_at")
    )
    made = Archive(format)
    for _, _, id in order:
        found = _own(user_id).filter(id=id).select_related("folder").first()
        if found is not None:
            yield from made.add(exporting.export(found))
    yield made.end()


def _own(user_id: int) -> QuerySet[Conversation]:
    return Conversation.objects.filter(user_id=user_id, trashed_at=None)


async def _later(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece made in a thread, when the last one was taken."""
    while (piece := await sync_to_async(_next)(pieces)) is not None:
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)  # no StopIteration comes through a coroutine


def _file(response: HttpResponseBase, name: str, media_type: str) -> HttpResponseBase:
    response["Content-Type"] = media_type
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
