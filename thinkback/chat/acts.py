"""What people do with the chats of their list, one or many at once: pin, file, tag, archive, delete, bring back.

Every change is told to all pages of its owner. Nothing here removes a chat: what is deleted lies in the trash.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from thinkback.answers import ApiError
from thinkback.chat.bus import BUS, of_user
from thinkback.chat.frames import ChatChanged, ListChanged
from thinkback.chat.jobs import JOBS
from thinkback.chat.models import Conversation, Folder, Tag
from thinkback.chat.presenting import row_of
from thinkback.chat.sidebar import UNREAD
from thinkback.chat.wellformed import wellformed

TAGS: tuple[str, ...] = ("tags", "add_tags", "remove_tags")
STATES = ("pinned", "archived", "trashed")  # each has a column with the moment since when
FEW = 20  # chats that are told of one by one; of more, the list is fetched anew
BATCH = 200  # rows of one statement, so that nobody waits long for the database
LONGEST_TAG = 50
MOST_TAGS = 20


def columns(user_id: int, data: dict[str, Any]) -> dict[str, Any]:
    """The columns that a change sets. Raises ApiError naming what is wrong."""
    found: dict[str, Any] = {}
    for name in STATES:
        if name in data:
            column = f"{name}_at"
            since = Coalesce(F(column), Value(timezone.now()))  # what is in the trash already keeps its date
            found[column] = since if _yes(data, name) else None
    if "folder" in data:
        found["folder_id"] = _own_folder(user_id, data["folder"])
    if "seen" in data and _yes(data, "seen"):
        found["seen_at"] = timezone.now()
    if "folder" in data or any(data.get(name) is False for name in STATES):
        found["seen_at"] = timezone.now()  # what is taken out of somewhere was touched just now: see `clearing.retire`
    if "temporary" in data:
        if _yes(data, "temporary"):
            raise ApiError(400, "invalid_request", "A chat that is kept cannot be made temporary.", "temporary")
        found["temporary"] = False
    return found


def check(user_id: int, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The columns and the tags that a change is about. Raises ApiError naming what is wrong."""
    return columns(user_id, data), {name: _tags(data, name) for name in TAGS if name in data}


def change(user_id: int, ids: Sequence[UUID], data: dict[str, Any]) -> list[UUID]:
    """Change these chats of this user; those that there were. Raises ApiError before anything is changed."""
    found, tags = check(user_id, data)
    changed: list[UUID] = []
    for start in range(0, len(ids), BATCH):
        own = Conversation.objects.filter(user_id=user_id, id__in=ids[start : start + BATCH])
        here = list(own.values_list("id", flat=True))
        with transaction.atomic():
            if found:
                own.update(**found)
            _hang(user_id, here, tags)
        changed += here
    if tags:
        Tag.objects.filter(user_id=user_id, conversations=None).delete()  # nobody looks for a tag that hangs nowhere
    return changed


async def see(user_id: int, id: UUID) -> None:
    """Its owner looks at a chat: nothing in it is unread any more."""
    unread = Conversation.objects.filter(UNREAD, user_id=user_id, id=id)
    if await unread.aupdate(seen_at=timezone.now()):
        await tell(user_id, [id])


async def tell(user_id: int, ids: Sequence[UUID]) -> None:
    """Tell every page of their owner what became of these chats."""
    if len(ids) > FEW:
        return await tell_list(user_id)
    for id in ids:
        row = await row_of(id, busy=JOBS.is_busy(id))
        BUS.publish(of_user(user_id), row or ChatChanged(id, "", ""))


async def tell_list(user_id: int) -> None:
    """Tell every page of this user that folders or many chats changed."""
    BUS.publish(of_user(user_id), ListChanged())


async def tell_change(user_id: int, ids: Sequence[UUID], data: dict[str, Any]) -> None:
    """`tell` after a change; where folders are concerned, their counts change with it, so the list as a whole."""
    filed = Conversation.objects.filter(id__in=ids[:FEW]).exclude(folder=None)
    if "folder" in data or await filed.aexists():
        await tell_list(user_id)
    else:
        await tell(user_id, ids)


def _hang(user_id: int, chats: Iterable[UUID], wanted: dict[str, list[str]]) -> None:
    """Set, add or take away tags."""
    hangings: Any = Conversation.tags.through
    chats = list(chats)
    if "tags" in wanted:
        hangings.objects.filter(conversation_id__in=chats).delete()
    if "remove_tags" in wanted:
        lowered = [name.lower() for name in wanted["remove_tags"]]
        gone = [tag.pk for tag in Tag.objects.filter(user_id=user_id) if tag.name.lower() in lowered]
        hangings.objects.filter(conversation_id__in=chats, tag_id__in=gone).delete()
    for tag in _made(user_id, [*wanted.get("tags", []), *wanted.get("add_tags", [])]):
        rows = [hangings(conversation_id=id, tag_id=tag.pk) for id in chats]
        hangings.objects.bulk_create(rows, ignore_conflicts=True)


def _made(user_id: int, names: Iterable[str]) -> list[Tag]:
    """These tags of the user; those that are missing are made. Case does not tell them apart."""
    known = {tag.name.lower(): tag for tag in Tag.objects.filter(user_id=user_id)}
    found: dict[str, Tag] = {}
    for name in names:
        lowered = name.lower()
        tag = known.get(lowered) or found.get(lowered) or Tag.objects.create(user_id=user_id, name=name)
        found[lowered] = tag
    return list(found.values())


def _tags(data: dict[str, Any], field: str) -> list[str]:
    value = data[field]
    if not isinstance(value, list) or len(value) > MOST_TAGS or any(not isinstance(each, str) for each in value):
        raise ApiError(400, "invalid_request", f"{field} must be a list of at most {MOST_TAGS} texts.", field)
    names = [" ".join(wellformed(each).split()) for each in value]
    if any(len(name) > LONGEST_TAG for name in names):
        raise ApiError(400, "invalid_request", f"A tag has at most {LONGEST_TAG} characters.", field)
    return [name for name in names if name]


def _own_folder(user_id: int, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        folder = Folder.objects.filter(user_id=user_id, pk=value).first()
        if folder is not None:
            return folder.pk
    raise ApiError(400, "invalid_request", "There is no such folder.", "folder")


def _yes(data: dict[str, Any], field: str) -> bool:
    value = data[field]
    if not isinstance(value, bool):
        raise ApiError(400, "invalid_request", f"{field} must be true or false.", field)
    return value
