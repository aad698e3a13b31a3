"""Messages as they stand on the page, the same for the page itself and for frames."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from channels.db import database_sync_to_async
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from thinkback.chat import material as materials
from thinkback.chat.failures import Card, card_of
from thinkback.chat.footers import Footer, footer_of
from thinkback.chat.frames import Article, ChatChanged
from thinkback.chat.growing import THREADS
from thinkback.chat.job import Job
from thinkback.chat.material import Material
from thinkback.chat.models import Conversation, Message
from thinkback.chat.rendering import Live, render


@dataclass(frozen=True, slots=True)
class Versions:
    """Where an answer stands among those that were made in its place; positions count from 1."""

    position: int
    count: int
    previous: UUID | None
    following: UUID | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One message with all that its template needs."""

    message: Message
    html: SafeString
    reasoning: SafeString
    name: str  # of the connection
    is_live: bool
    card: Card | None
    footer: Footer | None
    versions: Versions


def articles(material: Material, messages: Iterable[Message], live: Mapping[UUID, Job]) -> list[Article]:
    """The messages as HTML. Renders Markdown: not for the event loop."""
    return [
        Article(message.id, article(shown(material, message, live.get(message.id))), message.status)
        for message in messages
    ]


def article(view: Shown) -> str:
    """One message as HTML."""
    return render_to_string("chat/_message.html", {"shown": view, "message": view.message})


def shown(material: Material, message: Message, job: Job | None) -> Shown:
    """What a template needs of one message; of an answer that is being made, what there is so far."""
    name = material.names.get(message.slug, message.slug)
    return Shown(
        message=message,
        html=_blocks(job.text.live) if job else _whole(message.text, f"{message.id}-", message.role),
        reasoning=_blocks(job.reasoning.live) if job else _whole(message.reasoning, f"{message.id}-r-"),
        name=name,
        is_live=message.status == Message.Status.STREAMING,
        card=None if message.error is None else card_of(message.error, name),
        footer=None if message.operation_id is None else _footer(material, message.operation_id),
        versions=_versions(material, message),
    )


def _footer(material: Material, operation_id: UUID) -> Footer | None:
    return footer_of(material.totals.get(operation_id), material.names)


async def article_of(conversation_id: UUID, message_id: UUID) -> str | None:
    """A finished message as HTML; None when it is gone."""
    material = await database_sync_to_async(materials.of_messages)(conversation_id, [message_id])
    if material is None or not material.messages:
        return None
    found = await in_thread(material, material.messages, {})
    return found[0].html


async def in_thread(material: Material, messages: list[Message], live: Mapping[UUID, Job]) -> list[Article]:
    """`articles`, where rendering may take its time."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(THREADS, articles, material, messages, live)


def row(conversation: Conversation, *, busy: bool) -> ChatChanged:
    """A conversation's line in the list."""
    html = render_to_string("chat/_row.html", {"chat": conversation, "busy": busy})
    return ChatChanged(conversation.id, conversation.title, html)


async def row_of(conversation_id: UUID, *, busy: bool) -> ChatChanged | None:
    """The same, of a conversation that may be gone."""
    found = await Conversation.objects.filter(id=conversation_id, trashed_at=None).afirst()
    return None if found is None else row(found, busy=busy)


def _blocks(live: Live) -> SafeString:
    return mark_safe(  # noqa: S308 - every block has been through the sanitiser
        "".join(
            f'<div class="block" data-block="{block.index}" data-version="{block.version}">{block.html}</div>'
            for block in live.blocks
        )
    )


def _whole(text: str, prefix: str, role: str = "assistant") -> SafeString:
    """An answer is rendered; what a person wrote is shown as it was written, by the template."""
    return mark_safe(render(text, prefix) if text and role == "assistant" else "")  # noqa: S308 - sanitised


def _versions(material: Material, message: Message) -> Versions:
    ids = material.tree.versions(message.id) if message.id in material.tree.parents else [message.id]
    place = ids.index(message.id)
    return Versions(
        place + 1,
        len(ids),
        ids[place - 1] if place else None,
        ids[place + 1] if place + 1 < len(ids) else None,
    )
