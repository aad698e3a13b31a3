"""Takes a file in: measured while it comes, read by what it holds, stored, entered."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from proxy.call import new_id
from thinkback.accounts.models import User
from thinkback.attachments import files, names
from thinkback.attachments.bounds import MEGABYTE
from thinkback.attachments.estimating import estimated
from thinkback.attachments.models import Attachment
from thinkback.attachments.reading import asking
from thinkback.attachments.reading.found import GIVEN, MADE, SMALL, Found, Unusable

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "application/pdf": "pdf"}
SPOKEN = {  # how a text is to be understood, by its name: it says nothing about what is done with it here
    "md": "text/markdown", "markdown": "text/markdown", "csv": "text/csv", "tsv": "text/tab-separated-values",
    "json": "application/json", "html": "text/html", "htm": "text/html", "xml": "application/xml",
    "svg": "image/svg+xml", "yaml": "application/yaml", "yml": "application/yaml",
}  # fmt: skip


def space_used(user: User) -> int:
    """Bytes of all files of a user."""
    return Attachment.objects.filter(user=user).aggregate(total=Sum("size"))["total"] or 0


def take(user: User, given_name: str, chunks: Iterable[bytes]) -> Attachment:
    """Read and keep a file. Raises Unusable, and files.StorageFailed where it cannot be stored."""
    with tempfile.TemporaryDirectory(prefix="thinkback-") as place:
        folder = Path(place)
        size = _receive(folder / GIVEN, chunks)
        _check_room(user, size)
        found = asking.read(folder)
        return _keep(user, names.harmless(given_name), found, folder)


def _receive(path: Path, chunks: Iterable[bytes]) -> int:
    size = 0
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.ATTACHMENTS.file_bytes:
                raise Unusable("too_large", f"{settings.ATTACHMENTS.file_mb} MB")
            file.write(chunk)
    return size


def _check_room(user: User, size: int) -> None:
    if space_used(user) + size > settings.ATTACHMENTS.user_bytes:
        raise Unusable("no_room", f"{settings.ATTACHMENTS.user_bytes // MEGABYTE} MB")


def _keep(user: User, name: str, found: Found, folder: Path) -> Attachment:
    """Store first, enter then: what is entered is there, and what was stored for nothing is swept up."""
    id = new_id()
    is_image = found.kind == Attachment.Kind.IMAGE
    content = folder / (MADE if is_image else GIVEN)
    ending = ENDINGS.get(found.media_type, "bin")  # what a person called it stands in no path
    path = files.write(f"attachments/{id}.{ending}", content)
    thumbnail = files.write(f"attachments/{id}-small.webp", folder / SMALL) if is_image else ""
    told = ("kind", "width", "height", "pages", "pages_read", "text", "shortened")
    values: dict[str, Any] = {one: getattr(found, one) for one in told}
    attachment = Attachment(id=id, user=user, name=_named(name, found), media_type=_media_type(name, found), **values)
    attachment.tokens = estimated(found)
    attachment.size, attachment.path, attachment.thumbnail = content.stat().st_size, path, thumbnail
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # of two uploads at once, the second sees the first
        _check_room(user, attachment.size)
        attachment.save(force_insert=True)
        files.claim(path, thumbnail)
    return attachment


def _named(name: str, found: Found) -> str:
    """A picture that was made anew as another kind gets that kind's ending."""
    ending = ENDINGS.get(found.media_type)
    stem, dot, said = name.rpartition(".")
    fits = said.lower() in {ending, "jpeg" if ending == "jpg" else ending}
    if found.kind != Attachment.Kind.IMAGE or fits:
        return name
    return f"{stem if dot else name}.{ending}"


def _media_type(name: str, found: Found) -> str:
    if found.kind == Attachment.Kind.TEXT:
        return SPOKEN.get(name.rpartition(".")[2].lower(), found.media_type)
    return found.media_type
