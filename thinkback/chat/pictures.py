"""Pictures that models drew: kept as files, shown to their owner, given back to the model that drew them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from channels.db import database_sync_to_async
from django.db import transaction

from providers import Image
from proxy.call import new_id
from thinkback.attachments import files
from thinkback.chat.models import Picture
from thinkback.chat.rounds import Drawn, Round

# Those that a browser may show as they are.
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


async def keep(message_id: UUID, image: Image) -> Drawn:
    """Store a picture of an answer. Raises OSError where there is no room."""
    drawn: Drawn = await database_sync_to_async(_keep)(message_id, image)
    return drawn


def _keep(message_id: UUID, image: Image) -> Drawn:
    id = new_id()
    media_type = image.media_type.lower()[:100]
    path = files.write(f"pictures/{id}.{ENDINGS.get(media_type, 'bin')}", image.data)
    with transaction.atomic():
        Picture.objects.create(id=id, message_id=message_id, file=path, media_type=media_type)
        files.claim(path)
    return Drawn(id, media_type)


def of(rounds: Iterable[Round]) -> dict[UUID, Image]:
    """The pictures of these rounds, by their ids, but for those whose file is gone."""
    ids = [drawn.id for round in rounds for drawn in round.drawn]
    found = {}
    for picture in Picture.objects.filter(id__in=ids):
        if (data := bytes_of(picture)) is not None:
            found[picture.id] = Image(data, picture.media_type)
    return found


def owned(user_id: int, id: UUID) -> Picture | None:
    """A picture in a conversation of this user that is not in the trash."""
    of_user = {"message__conversation__user_id": user_id, "message__conversation__trashed_at": None}
    return Picture.objects.filter(id=id, **of_user).first()


def bytes_of(picture: Picture) -> bytes | None:
    """What its file holds; None where it is gone."""
    try:
        return files.read(str(picture.file.name))
    except files.StorageFailed:
        return None
