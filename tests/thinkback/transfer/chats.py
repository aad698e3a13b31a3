"""Conversations with everything that one can have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
from django.core.files.base import ContentFile

from proxy.call import new_id
from thinkback.accounts.models import User
from thinkback.attachments import enclosing, intake
from thinkback.chat import rounds
from thinkback.chat.models import Conversation, Folder, Message, Picture, Tag

NOON = datetime(2026, 3, 5, 12, 0, 0, 123456, UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"not really a picture"


def a_message(chat: Conversation, parent: Message | None, role: str, text: str, **more: Any) -> Message:
    """One message, a minute after the one before."""
    later = timedelta(minutes=Message.objects.filter(conversation=chat).count())
    usual = {"created_at": NOON + later, "model": "gpt-5-mini" if role == "assistant" else ""}
    return Message.objects.create(conversation=chat, parent=parent, role=role, text=text, **(usual | more))


def a_full_chat(user: User, **more: Any) -> Conversation:
    """Branches, reasoning, a tool, a drawn picture, a source, a failure, a folder and tags."""
    folder, _ = Folder.objects.get_or_create(user=user, name="Garden")
    usual: dict[str, Any] = {"title": "Roses & “thorns”", "folder": folder, "parameters": {"temperature": 0.3}}
    usual |= {"created_at": NOON, "updated_at": NOON + timedelta(hours=1), "system": "Be brief.", "model": "gpt-5-mini"}
    chat = Conversation.objects.create(user=user, **(usual | more))
    for name in ("spring", "Autumn"):
        chat.tags.add(Tag.objects.get_or_create(user=user, name=name)[0])
    asked = a_message(chat, None, "user", "When do I prune?\n\n```py\nprint('`')\n```")
    a_message(chat, asked, "assistant", "In autumn.", status="error", error={"type": "timeout", "message": "slow"})
    best = a_message(chat, asked, "assistant", "In **spring**.", reasoning="Frost.\n</details>", finish="stop")
    drawn = a_message(chat, best, "user", "Draw one")
    enclosing.enclose(drawn.id, [intake.take(user, "notes.txt", [b"thorns"])])
    answer = a_message(chat, drawn, "assistant", "Here.", comparison=uuid4(), finished_at=NOON + timedelta(hours=1))
    picture = Picture.objects.create(message=answer, file=ContentFile(PNG, "rose.png"), media_type="image/png")
    call = rounds.Call("0.0", "call_1", "calculator", '{"expression":"1+1"}', state="done", result="2", grant="x")
    said = [
        rounds.Words("Here."),
        call,
        rounds.Drawn(picture.id, "image/png"),
        rounds.Source("https://a.example/", "A"),
    ]
    answer.rounds = msgspec.to_builtins([rounds.Round(new_id(), said)])
    answer.save()
    chat.leaf = answer
    chat.save()
    return chat
