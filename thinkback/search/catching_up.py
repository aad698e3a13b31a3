"""Taking the words of what changed into the index: before a search what is its asker's, and the rest now and then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q, QuerySet

from thinkback.chat.models import Conversation, Message
from thinkback.search.index import owner_of
from thinkback.search.models import Due, Entry
from thinkback.search.words import indexed

BATCH = 20  # rows of one transaction
LARGE = 20_000  # characters of words after which a transaction ends earlier
AT_ONCE = 200  # rows that are read together
PATIENCE = 1.0  # seconds that a search waits for it


def catch_up(user_id: int | None = None, patience: float = PATIENCE) -> int:
    """Take in what is due, of one user or of all; how much. What `patience` does not suffice for stays due."""
    due = Due.objects.all() if user_id is None else Due.objects.filter(user_id=user_id)
    end = time.monotonic() + patience
    done = 0
    while rows := list(due.order_by("-pk")[:AT_ONCE]):
        for batch in _batches(_read(rows), rows):
            _keep(*batch)
            done += len(batch[1])
            if time.monotonic() > end:
                return done
    return done


def _read(rows: list[Due]) -> dict[str, Entry]:
    """The entries as they should be. Taking words takes its time: no transaction is open meanwhile."""
    targets = {row.target: row for row in rows}
    messages = Message.objects.filter(id__in=targets).only("conversation_id", "text")
    found = {
        str(each.id): _entry(targets[each.id], each.text, each.conversation_id, each.id) for each in messages.iterator()
    }
    for chat in Conversation.objects.filter(id__in=targets).only("title"):
        found[str(chat.id)] = _entry(targets[chat.id], chat.title, chat.id, None)
    return found


def _entry(due: Due, text: str, conversation_id: object, message_id: object) -> Entry:
    of = {"conversation_id": conversation_id, "message_id": message_id}
    return Entry(target=due.target, owner=owner_of(due.user_id, titles=message_id is None), words=indexed(text), **of)


def _batches(entries: dict[str, Entry], rows: list[Due]) -> Iterator[tuple[list[Entry], list[Due]]]:
    """What is written together: a few rows, fewer when they are long. Those whose message is gone are only done."""
    kept: list[Entry] = []
    done: list[Due] = []
    for row in rows:
        done.append(row)
        if (entry := entries.get(str(row.target))) is not None:
            kept.append(entry)
        if len(done) >= BATCH or sum(len(each.words) for each in kept) > LARGE:
            yield kept, done
            kept, done = [], []
    if done:
        yield kept, done


def _keep(entries: list[Entry], done: list[Due]) -> None:
    fields = ["words", "owner", "conversation", "message"]
    with transaction.atomic():
        Entry.objects.bulk_create(entries, update_conflicts=True, unique_fields=["target"], update_fields=fields)
        _unchanged(done).delete()


def _unchanged(rows: list[Due]) -> QuerySet[Due]:
    """Those that did not change again since they were read."""
    return Due.objects.filter(reduce(or_, (Q(pk=row.pk, change=row.change) for row in rows)))
