"""Attachments as JSON: `/api/attachments`. Files come as a form's or as the body itself."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.http.request import RawPostDataException

from thinkback.api import ApiError, ApiRequest, answer, api, page
from thinkback.attachments import files, intake, names, sending
from thinkback.attachments.describing import described
from thinkback.attachments.models import Attachment
from thinkback.attachments.reading.found import PIXELS_MOST, Unusable

PIECE = 64 * 1024  # bytes
USABLE = "pictures (PNG, JPEG, WebP, GIF), PDF, Word documents (DOCX) and text of every kind"
WHY = {  # status, and what is said of a file
    "empty": (400, "is empty."),
    "too_large": (413, "is larger than {what}."),
    "no_room": (
        413,
        "has no room: your files may take {what}. Delete chats with files that you do not need.",
    ),
    "unsupported": (415, "is {what}, which cannot be used. Taken are " + USABLE + "."),
    "damaged": (400, "is damaged: it cannot be read as a {what}."),
    "locked": (400, "is locked with a password. Save it without one."),
    "too_many_pixels": (400, f"has more than {PIXELS_MOST // 1_000_000} million pixels. Make it smaller."),
    "unpacks_to_too_much": (400, "unpacks to more than can be read."),
    "too_much": (400, "takes too long or too much memory to read."),
}


@api("GET", "POST", scope="chat")
def attachments(request: ApiRequest) -> HttpResponse:
    """One's files, newest first; or takes one in: a form's `file`, or the body itself with `?name=`."""
    if request.method == "GET":
        rows = Attachment.objects.filter(user=request.user).defer("text").order_by("-created_at", "-id")
        return page(request, rows, described)
    name, chunks = _given(request)
    try:
        made = intake.take(request.user, name, chunks)
    except Unusable as error:
        raise _refusal(error, name) from None
    except files.StorageFailed as error:
        raise ApiError(503, "storage_failed", f"“{_short(name)}” could not be stored: {error} Try again.") from None
    return answer(described(made), 201)


@api("GET", "DELETE", scope="chat")
def attachment(request: ApiRequest, id: UUID) -> HttpResponse:
    """One file with what it says; or forget one that was not sent."""
    found = Attachment.objects.filter(id=id, user=request.user).first()
    if found is None:
        raise Http404
    if request.method == "GET":
        return answer(described(found) | {"text": found.text})
    with transaction.atomic():
        if found.enclosures.exists():
            raise ApiError(409, "in_use", "It is part of a message, and goes with that.")
        found.delete()
    return HttpResponse(status=204)


@api("GET", scope="chat")
async def attachment_file(request: ApiRequest, id: UUID) -> HttpResponseBase:
    """The file itself, to be kept."""
    try:
        return await sending.sent(request.caller.user_id, id, inline=False)
    except files.StorageFailed as error:
        raise ApiError(503, "storage_failed", f"{error} Try again.") from None


def _given(request: ApiRequest) -> tuple[str, Iterator[bytes]]:
    """The name and the pieces of what was sent."""
    if request.content_type == "multipart/form-data":
        given = request.FILES.get("file")
        if not isinstance(given, UploadedFile):
            raise ApiError(400, "invalid_request", "Send one file, as the field `file` of the form.", "file")
        return given.name or "", given.chunks(PIECE)
    return request.GET.get("name", ""), _body(request)


def _body(request: ApiRequest) -> Iterator[bytes]:
    try:
        while piece := request.read(PIECE):
            yield piece
    except RawPostDataException:
        message = "Send the file as a form, or as the body with Content-Type: application/octet-stream."
        raise ApiError(400, "invalid_request", message) from None


def _refusal(error: Unusable, name: str) -> ApiError:
    reason, what = error.refused.reason, error.refused.what or "a kind of file"
    status, said = WHY[reason]
    return ApiError(status, reason, f"“{_short(name)}” {said.format(what=what)}", "file")


def _short(name: str) -> str:
    return names.harmless(name)
