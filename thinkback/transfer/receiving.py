"""A file as it comes, in pieces that the server takes, and put together here."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from thinkback.answers import ApiError
from thinkback.transfer.importing import forget_file, place_of
from thinkback.transfer.models import Import
from thinkback.transfer.queue import IMPORTS

GIGABYTE = 1024**3
MOST_BYTES = 4 * GIGABYTE
MOST_OPEN = 3  # imports of one user at a time


def begin(user_id: int, name: str, size: int) -> Import:
    """An import of a file of this size, of which nothing has come yet. Raises ApiError."""
    if size <= 0:
        raise ApiError(400, "invalid_request", "The file is empty.", "size")
    if size > MOST_BYTES:
        most = MOST_BYTES // GIGABYTE
        raise ApiError(413, "too_large", f"The file is larger than {most} GB.", "size")
    unfinished = (Import.State.RECEIVING, Import.State.WAITING, Import.State.RUNNING)
    if Import.objects.filter(user_id=user_id, state__in=unfinished).count() >= MOST_OPEN:
        raise ApiError(409, "conflict", "Wait until your other imports are done, or cancel one.")
    place_of(UUID(int=0)).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Import.objects.create(user_id=user_id, name=name[:200] or "file", size=size)


def receive(found: Import, offset: int, piece: bytes) -> Import:
    """The next piece, which begins at `offset`; with the last one the import begins. Raises ApiError."""
    if found.state != Import.State.RECEIVING:
        raise ApiError(409, "conflict", "This import takes no more of its file.")
    if offset != found.received:
        raise ApiError(409, "conflict", f"Go on at byte {found.received}.", "offset")
    if offset + len(piece) > found.size:
        raise ApiError(400, "invalid_request", "The file is longer than was announced.", "size")
    try:
        with place_of(found.id).open("r+b" if offset else "wb") as file:
            file.seek(offset)
            file.write(piece)
    except OSError:
        raise ApiError(507, "server_error", "There is no room for the file on the server.") from None
    whole = offset + len(piece) == found.size
    state = Import.State.WAITING if whole else Import.State.RECEIVING
    same = Import.objects.filter(id=found.id, received=offset, state=Import.State.RECEIVING)
    if not same.update(received=offset + len(piece), state=state):
        raise ApiError(409, "conflict", "Another piece came at the same time.", "offset")
    found.refresh_from_db()
    if whole:
        transaction.on_commit(lambda: IMPORTS.submit(found.id))
    return found


def cancel(found: Import) -> None:
    """End it; what has been imported stays. One that is over goes with its report."""
    if not found.is_open:
        found.delete()
        return
    Import.objects.filter(id=found.id).update(state=Import.State.CANCELLED, finished_at=timezone.now())
    forget_file(found.id)


def of_user(user_id: int, id: UUID) -> Import:
    """One of his. Raises Http404."""
    found = Import.objects.filter(user_id=user_id, id=id).first()
    if found is None:
        raise Http404
    return found
