"""Messages as they stand on the page, the same for the page itself and for frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from thinkback.attachments.models import Attachment
from thinkback.chat import findings
from thinkback.chat import material as materials
from thinkback.chat.columns import merged_of, pace_of, summary_of
from thinkback.chat.continuing import rounds_of
from thinkback.chat.endings import FILTERED, Ending, ending_of
from thinkback.chat.failures import Card, card_of, card_of_filter
from thinkback.chat.footers import Footer, footer_of
from thinkback.chat.frames import Article, ChatChanged
from thinkback.chat.frames_beside import ComparisonShown
from thinkback.chat.growing import THREADS
from thinkback.chat.job import Job
from thinkback.chat.material import Material
from thinkback.chat.models import Conversation, Message
from thinkback.chat.rendering import Live, render
from thinkback.chat.rounds import Drawn, Source, seamless
from thinkback.chat.sidebar import LISTED
from thinkback.chat.tool_cards import ToolCard, cards_of
from thinkback.chat.writing import part_names
from thinkback.languages.carrying import carried

T = TypeVar("T")
NOBODY: Mapping[UUID, Job] = {}


@dataclass(frozen=True, slots=True)
class Versions:
    """Where an answer stands among those that were made in its place; positions count from 1."""

    position: int
    count: int
    previous: UUID | None
    following: UUID | None


@dataclass(frozen=True, slots=True)
class ShownRound:
    """What a model said in one round, with the names of its parts, and the tools that it called."""

    text_part: str
    html: SafeString
    reasoning_part: str
    reasoning: SafeString
    cards: list[ToolCard]
    pictures: list[Drawn]
    sources: list[Source]
    thought: float  # seconds

    @property
    def thought_for(self) -> str:
        """How long it thought, in words."""
        seconds = round(self.thought)
        if not self.thought:
            return _("Reasoning")
        if seconds < 1:
            return _("Thought for a moment")
        if seconds < 60:
            return _("Thought for %(seconds)s s") % {"seconds": seconds}
        return _("Thought for %(minutes)s min %(seconds)s s") % {"minutes": seconds // 60, "seconds": seconds % 60}


@dataclass(frozen=True, slots=True)
class Shown:
    """One message with all that its template needs."""

    message: Message
    rounds: list[ShownRound]
    name: str  # of the connection
    is_live: bool
    card: Card | None
    footer: Footer | None
    request_id: str | None  # the provider's, of the last call
    versions: Versions
    attachments: list[Attachment]
    is_grouped: bool = False  # beside other answers
    pace: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()  # whose answers this one was written from
    opens_reasoning: bool = False

    @property
    def ending(self) -> Ending:
        """How it ended."""
        return ending_of(self.message, has_pictures=any(round.pictures for round in self.rounds))


def articles(material: Material, messages: Iterable[Message], live: Mapping[UUID, Job]) -> list[Article]:
    """The messages as HTML. Renders Markdown: not for the event loop."""
    return [
        _group(material, live)
        if material.is_grouped(message)
        else Article(message.id, article(shown(material, message, live.get(message.id))), message.status)
        for message in messages
    ]


def _group(material: Material, live: Mapping[UUID, Job]) -> Article:
    """Answers side by side, as one article with theirs inside."""
    views = [shown(material, message, live.get(message.id)) for message in material.group]
    articles = [(view.message, mark_safe(article(view))) for view in views]  # noqa: S308 - a template's output
    summary = summary_of(material)
    html = render_to_string("chat/_comparison.html", {"articles": articles, "summary": summary})
    return Article(summary.comparison, html, summary.status)


def article(view: Shown) -> str:
    """One message as HTML."""
    return render_to_string("chat/_message.html", {"shown": view, "message": view.message})


def shown(material: Material, message: Message, job: Job | None) -> Shown:
    """What a template needs of one message; of an answer that is being made, what there is so far."""
    name = material.names.get(message.slug, message.slug)
    rounds = _live(job) if job else _rounds(message)
    said = bool(message.text.strip()) or any(round.pictures for round in rounds)
    return Shown(
        message=message,
        rounds=rounds,
        name=name,
        is_live=message.status == Message.Status.STREAMING,
        card=_card(material, message, said=said),
        footer=None if message.operation_id is None else _footer(material, message.operation_id),
        request_id=_request_id(material, message.operation_id),
        versions=_versions(material, message),
        attachments=material.enclosed.get(message.id, []),
        is_grouped=(is_grouped := material.is_grouped(message)),
        pace=pace_of(material, message) if is_grouped else (),
        merged=merged_of(material, message),
        opens_reasoning=material.opens_reasoning,
    )


def _live(job: Job) -> list[ShownRound]:
    shown = []
    for first in job.apart():
        together = [round for round in job.rounds if round.text is first.text]
        shown.append(
            ShownRound(
                first.text.name,
                _blocks(first.text.live),
                first.reasoning.name,
                _blocks(first.reasoning.live),
                cards_of([call for round in together for call in round.calls], job.status),
                [drawn for round in together for drawn in round.drawn],
                [source for round in together for source in round.sources],
                sum(round.thought for round in together),
            )
        )
    return shown


def _rounds(message: Message) -> list[ShownRound]:
    """Of an answer that is not being made."""
    rounds = rounds_of(message)
    places = [index for index, round in enumerate(rounds) if not round.goes_on]
    shown = []
    for index, round in zip(places, seamless(rounds), strict=True):
        parts = part_names(message.id, index)
        html = _whole(round.text, parts.text_prefix, message.role)
        thought = _whole(round.reasoning, parts.reasoning_prefix)
        cards = cards_of(round.calls, message.status)
        shown.append(
            ShownRound(parts.text, html, parts.reasoning, thought, cards, round.drawn, round.sources, round.thought)
        )
    return shown


def _card(material: Material, message: Message, *, said: bool) -> Card | None:
    """Why it failed, or why there is no more of it. The blame is that of the connection which was asked last."""
    totals = None if message.operation_id is None else material.totals.get(message.operation_id)
    slug = totals.slug if totals is not None and totals.slug else message.slug
    name = material.names.get(slug, slug)
    if message.error is not None:
        is_first = len(material.tree.path_to(message.parent_id)) < 2
        return card_of(message.error, name, slug, is_first=is_first)
    if message.status == Message.Status.DONE and message.finish == FILTERED:
        return card_of_filter(name, said=said)
    return None


def _request_id(material: Material, operation_id: UUID | None) -> str | None:
    totals = None if operation_id is None else material.totals.get(operation_id)
    return None if totals is None else totals.request_id


def _footer(material: Material, operation_id: UUID) -> Footer | None:
    return footer_of(material.totals.get(operation_id), material.names)


async def article_of(conversation_id: UUID, message_id: UUID, live: Mapping[UUID, Job] = NOBODY) -> str | None:
    """A message as HTML; None when it is gone."""
    material = await database_sync_to_async(materials.of_messages)(conversation_id, [message_id])
    if material is None or not material.messages:
        return None
    return await _drawn(_one, material, live)


def _one(material: Material, live: Mapping[UUID, Job]) -> str:
    message = material.messages[0]
    return article(shown(material, message, live.get(message.id)))


async def group_of(conversation_id: UUID, live: Mapping[UUID, Job] = NOBODY) -> Article | None:
    """The answers side by side at the end of a conversation, as HTML."""
    material = await database_sync_to_async(materials.of_messages)(conversation_id, [])
    return await _drawn(_group, material, live) if material is not None and material.group else None


async def summary_shown(conversation_id: UUID, comparison: UUID) -> ComparisonShown | None:
    """What stands below answers side by side; None where they do not any more."""
    material = await database_sync_to_async(materials.of_messages)(conversation_id, [])
    if material is None or not material.group or material.group[0].comparison != comparison:
        return None
    summary = summary_of(material)
    html = render_to_string("chat/_comparison_summary.html", {"summary": summary})
    return ComparisonShown(comparison, summary.ended, html)


async def _drawn(draw: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(THREADS, carried(draw), *args)


async def in_thread(material: Material, messages: list[Message], live: Mapping[UUID, Job]) -> list[Article]:
    """`articles`, where rendering may take its time."""
    return await _drawn(articles, material, messages, live)


def row(conversation: Conversation, *, busy: bool) -> ChatChanged:
    """A conversation's line in the list."""
    html = render_to_string("chat/_row.html", {"chat": conversation, "busy": busy})
    return ChatChanged(conversation.id, conversation.title, html)


async def row_of(conversation_id: UUID, *, busy: bool) -> ChatChanged | None:
    """The same, of a conversation that may be gone, or in no list."""
    listed = Conversation.objects.filter(LISTED, id=conversation_id)
    found = await listed.select_related("leaf").afirst()
    return None if found is None else row(found, busy=busy)


def _blocks(live: Live) -> SafeString:
    return mark_safe(  # noqa: S308 - every block has been through the sanitiser
        "".join(
            f'<div class="block" data-block="{block.index}" data-drawn="{block.version}">{block.html}</div>'
            for block in live.blocks
        )
    )


def _whole(text: str, prefix: str, role: str = "assistant") -> SafeString:
    """An answer is rendered; what a person wrote is shown as it was written, by the template."""
    if not text or role != "assistant":
        return SafeString("")
    return findings.html_of(text, prefix) or mark_safe(render(text, prefix))  # noqa: S308 - sanitised


def _versions(material: Material, message: Message) -> Versions:
    ids = material.tree.versions(message.id) if message.id in material.tree.parents else [message.id]
    place = ids.index(message.id)
    return Versions(
        place + 1,
        len(ids),
        ids[place - 1] if place else None,
        ids[place + 1] if place + 1 < len(ids) else None,
    )
