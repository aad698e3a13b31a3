"""Attachments of messages: given with one, shared with its other versions, listed with many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from thinkback.attachments.models import Attachment, Enclosure


class NotThere(LookupError):
    """What was to be given with a message is not the user's, or not there any more."""


def check(user_id: int, ids: Sequence[UUID]) -> list[Attachment]:
    """The attachments of this user, in the order asked for. Raises NotThere with a sentence."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > settings.ATTACHMENTS.message_files:
        most = settings.ATTACHMENTS.message_files
        raise NotThere(_("A message takes at most %(most)d files. Remove some.") % {"most": most})
    found = Attachment.objects.filter(user_id=user_id).defer("text").in_bulk(wanted)
    if len(found) < len(wanted):
        raise NotThere(_("A file of this message is not there any more. Remove it and add it again."))
    return [found[id] for id in wanted]


def enclose(message_id: UUID, attachments: Iterable[Attachment]) -> None:
    """Give attachments with a message, in this order; call it in the transaction that makes the message."""
    rows = [Enclosure(message_id=message_id, attachment=one, position=place) for place, one in enumerate(attachments)]
    Enclosure.objects.bulk_create(rows)


def share(from_message: UUID, to_message: UUID) -> None:
    """Another version of a message has the same attachments."""
    enclose(to_message, [row.attachment for row in _of([from_message])])


def of(message_ids: Iterable[UUID]) -> dict[UUID, list[Attachment]]:
    """The attachments of messages, in order, without what they say; a message without any is not in it."""
    found: defaultdict[UUID, list[Attachment]] = defaultdict(list)
    for row in _of(message_ids):
        found[row.message_id].append(row.attachment)
    return dict(found)


def _of(message_ids: Iterable[UUID]) -> list[Enclosure]:
    rows = Enclosure.objects.filter(message_id__in=list(message_ids)).select_related("attachment")
    return list(rows.defer("attachment__text").order_by("message_id", "position"))
