"""The files in the storage. None is left behind: a row tells of each before it is written, and until it is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from thinkback.attachments import places
from thinkback.attachments.models import Loose

WRITING = timedelta(hours=1)  # after which a file that nobody claimed is taken for abandoned
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=6)  # between two tries to delete one
READERS = ThreadPoolExecutor(16, "files")  # of their own: a storage that hangs holds up nothing else
log = structlog.get_logger(__name__)


class StorageFailed(OSError):
    """The storage did not do what it was asked; its own error is the cause."""

    def __init__(self, doing: str, error: BaseException) -> None:
        store = places.name(settings.STORAGES["default"])
        super().__init__(f"The file storage ({store}) failed to {doing} ({type(error).__name__}).")


class Gone(StorageFailed):
    """There is no such file."""


@contextmanager
def told(doing: str) -> Iterator[None]:
    """Whatever a storage raises, each in its own way, as one error."""
    try:
        yield
    except FileNotFoundError as error:
        raise Gone(doing, error) from error
    except Exception as error:  # libraries of three services, and the system's
        log.error("attachment_storage_failed", doing=doing, reason=f"{type(error).__name__}: {error}"[:300])
        raise StorageFailed(doing, error) from error


def write(path: str, content: bytes | Path) -> str:
    """Store a file, and return the path that it got. Until `claim` it counts as loose. Raises StorageFailed."""
    Loose.objects.update_or_create(path=path, defaults={"due_at": timezone.now() + WRITING})
    return put(path, content)


def put(path: str, content: bytes | Path) -> str:
    """Store a file that no row tells of. Raises StorageFailed."""
    with told("store a file"):
        if isinstance(content, bytes):
            return str(default_storage.save(path, ContentFile(content)))
        with content.open("rb") as file:
            return str(default_storage.save(path, File(file)))


def claim(*paths: str) -> None:
    """These files belong to rows now; call it in the transaction that makes them."""
    Loose.objects.filter(path__in=paths).delete()


def read(path: str) -> bytes:
    """What a file holds. Raises StorageFailed, Gone where there is none."""
    with told("read a file"), default_storage.open(path, "rb") as file:
        data: bytes = file.read()
        return data


def discard(*paths: str) -> None:
    """These files belong to nothing any more: deleted when the transaction is committed, or later until that works."""
    now = timezone.now()
    for path in filter(None, paths):
        Loose.objects.update_or_create(path=path, defaults={"due_at": now, "tries": 0})
        transaction.on_commit(partial(delete, path))


def delete(path: str) -> bool:
    """Delete a loose file; whether that succeeded. One that is not there is deleted already."""
    try:
        with told("delete a file"):
            default_storage.delete(path)
    except Gone:
        pass
    except StorageFailed:
        loose = Loose.objects.filter(path=path).first()
        if loose is not None:
            pause = min(SOONEST * 2 ** min(loose.tries, 10), LATEST)
            Loose.objects.filter(path=path).update(tries=loose.tries + 1, due_at=timezone.now() + pause)
        return False
    Loose.objects.filter(path=path).delete()
    return True


def sweep(most: int = 500) -> int:
    """Delete the loose files whose time has come; how many."""
    due = Loose.objects.filter(due_at__lte=timezone.now()).order_by("due_at").values_list("path", flat=True)[:most]
    return sum(delete(path) for path in list(due))
