"""An import from beginning to end: each conversation for itself, and a line for each."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from thinkback.chat.wellformed import wellformed
from thinkback.transfer.foreign import Incoming, Unfit, reader_of
from thinkback.transfer.models import Import, Line
from thinkback.transfer.storing import Stored, store
from thinkback.transfer.unpacking import NOTHING, Found, Given, Unreadable, opened

MOST = 100_000  # conversations of one file
log = structlog.get_logger(__name__)


class Cancelled(Exception):
    """Its owner ended it, or it is gone."""


class Paused(Exception):
    """The server leaves; it goes on where it stands when there is one again."""


def place_of(id: UUID) -> Path:
    """Where the file of an import lies until it has been read."""
    return Path(settings.DATA) / "imports" / f"{id}.part"


def forget_file(id: UUID) -> None:
    """It is not needed any more."""
    place_of(id).unlink(missing_ok=True)


def run(id: UUID, *, is_leaving: object = None) -> None:
    """Read a file that is there whole. Called again after a crash, it goes on where its lines end."""
    found = Import.objects.get(id=id)
    try:
        _read(found, is_leaving)
        _end(found, Import.State.DONE)
    except Paused:
        return
    except Cancelled:
        pass
    except Unreadable as error:
        _end(found, Import.State.DONE if found.lines.exists() else Import.State.FAILED, str(error))
    except OSError as error:
        log.error("import_failed", reason=str(error))
        _end(found, Import.State.FAILED, "The file could not be read here. Try again.")
    forget_file(id)


def _read(found: Import, is_leaving: object) -> None:
    done = found.lines.count()
    with opened(place_of(found.id)) as given:
        for number, one in enumerate(given.conversations(), 1):
            if number > MOST:
                raise Unreadable(f"The file has more than {MOST:,} conversations. The rest was left out.")
            if number == 1:
                _name(found, one)
            if number > done:
                _take(found, number, one, given)
            if callable(is_leaving) and is_leaving():
                raise Paused
    if not found.lines.exists():
        raise Unreadable(NOTHING)


def _name(found: Import, first: Found) -> None:
    reader = reader_of(first.raw)
    if reader is None:
        raise Unreadable(NOTHING)
    Import.objects.filter(id=found.id).update(kind=reader.name)


def _take(found: Import, number: int, one: Found, given: Given) -> None:
    """One conversation. Whatever is wrong with it stays with it."""
    title, stored = "", Stored(Line.Outcome.FAILED)
    try:
        incoming = _incoming(one.raw, given)
        title = incoming.chat.title
        stored = store(found.user_id, incoming.chat, given.fetch)
        notes = incoming.notes if stored.outcome in (Line.Outcome.IMPORTED, Line.Outcome.UPDATED) else []
        reason = " ".join(filter(None, (stored.reason, *notes)))
    except Unfit as error:
        reason = str(error)
    except (DatabaseError, OSError) as error:
        log.error("import_conversation_failed", reason=f"{type(error).__name__}: {error}"[:300])
        reason = "ThinkBack could not write it down. Import the file once more."
    except Exception as error:  # a stranger's file must not spoil the rest of it
        log.exception("import_conversation_broken")
        reason = f"It could not be read ({type(error).__name__})."
    title = title or _title(one.raw)
    with transaction.atomic():
        going = Import.objects.filter(id=found.id, state=Import.State.RUNNING).update(progress=one.progress)
        if going:
            values = {"title": title[:200], "reason": reason, "conversation_id": stored.conversation}
            Line.objects.create(of_id=found.id, number=number, outcome=stored.outcome, **values)
    if not going:
        raise Cancelled


def _incoming(raw: object, given: Given) -> Incoming:
    reader = reader_of(raw)
    if reader is None or not isinstance(raw, dict):
        raise Unfit("This is not a conversation in a form that ThinkBack knows.")
    return reader.read(raw, given.assets)


def _title(raw: object) -> str:
    """What a conversation that could not be read seems to be called."""
    named = (raw.get("title") or raw.get("name")) if isinstance(raw, dict) else ""
    return wellformed(named) if isinstance(named, str) else ""


def _end(found: Import, state: str, problem: str = "") -> None:
    going = Import.objects.filter(id=found.id, state=Import.State.RUNNING)
    going.update(state=state, problem=problem, finished_at=timezone.now(), progress=1.0)
