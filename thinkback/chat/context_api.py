"""`/api/chats/context`: what the page needs to tell tokens and cost of a message before it is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db.models import Count, Sum
from django.http import Http404, HttpResponse

from thinkback.api import ApiRequest, answer, api
from thinkback.chat import material as materials
from thinkback.chat import model_facts
from thinkback.chat.material import Material
from thinkback.chat.models import Message
from thinkback.chat.rounds import read
from thinkback.chat.shortening import fitting_of
from thinkback.chat.weighing import tokens_in, weight
from thinkback.tools.kits import kit_of
from thinkback.usage.models import Attempt
from thinkback.usage.money import to_dollars
from thinkback.usage.totals import UNPRICED

MOST = 8  # models that are asked about at once


@dataclass(frozen=True, slots=True)
class History:
    """What was said so far, in tokens; `exact` where the provider counted it. `ratio`: its count by our estimate."""

    tokens: int
    exact: bool = False
    ratio: float = 1.0
    typical: int | None = None  # of an answer here
    cut: UUID | None = None  # the first message that is told, where older ones are left out
    dropped: int = 0


@api("GET", scope="chat")
async def context(request: ApiRequest) -> HttpResponse:
    """`?chat=` (none: a new one), `?model=slug/model` (up to 8), `?tool=` (keys)."""
    assert request.user.pk is not None and request.caller is not None
    user_id, material = request.user.pk, await _material(request)
    parameters = {} if material is None else material.conversation.parameters
    kit = await kit_of(user_id, request.GET.getlist("tool")[:100])
    tools = sum(
        tokens_in(json.dumps([t.tool.name, t.tool.description, dict(t.tool.parameters)])) for t in kit.offered.values()
    )
    models = []
    for name in request.GET.getlist("model")[:MOST]:
        slug, _slash, model = name.partition("/")
        connection = await model_facts.connection_of(request.caller, slug)
        entry = await sync_to_async(model_facts.entry_of)(user_id, slug, model)
        models.append({
            "slug": slug,
            "model": model,
            "context": entry and entry.context,
            "max_output": entry and entry.max_output,
            "prices": await model_facts.priced(connection, model),
            "unused": await sync_to_async(model_facts.unused)(connection, model, parameters),
        })  # fmt: skip
    history, spent = History(0), {"usd": None, "unpriced": 0, "calls": 0}
    if material is not None:
        chosen = (models[0]["slug"], models[0]["model"]) if models else ("", "")
        history, spent = await sync_to_async(_weigh)(material, (str(chosen[0]), str(chosen[1])), tools)
    told = {name: getattr(history, name) for name in History.__slots__}
    return answer({"models": models, "tools": tools, "history": told, "spent": spent})


async def _material(request: ApiRequest) -> Material | None:
    if not (text := request.GET.get("chat", "")):
        return None
    try:
        id = UUID(text)
    except ValueError:
        raise Http404 from None
    assert request.user.pk is not None
    material = await sync_to_async(materials.of_branch)(request.user.pk, id)
    if material is None:
        raise Http404
    return material


def _weigh(material: Material, chosen: tuple[str, str], tools: int) -> tuple[History, dict[str, Any]]:
    messages = material.messages
    next_answer = Message(conversation=material.conversation, slug=chosen[0], model=chosen[1])
    kept = list(fitting_of(material.conversation, next_answer, messages))
    typical = _typical(material)
    estimate = sum(weight(message) for message in kept)
    dropped = len(messages) - len(kept)
    history = History(estimate, typical=typical, cut=kept[0].id if dropped else None, dropped=dropped)
    if not dropped:
        history = _counted(material, chosen, tools + tokens_in(material.conversation.system), history)
    return history, _spent(material)


def _counted(material: Material, chosen: tuple[str, str], beside: int, history: History) -> History:
    """By what the provider counted for the last answer, if the same model gave it; else as estimated."""
    last = material.messages[-1] if material.messages else None
    if last is None or last.operation_id is None or last.status != "done" or (last.slug, last.model) != chosen:
        return history
    rounds = read(last.rounds)
    operation = rounds[-1].operation if rounds else last.operation_id
    assert operation is not None
    row = Attempt.objects.filter(operation_id=operation).order_by("-attempt").first()
    if row is None or row.input_tokens is None or row.output_tokens is None or row.tokens_source != "provider":
        return history
    asked = beside + sum(weight(message) for message in material.messages[:-1])
    said = row.input_tokens + max(0, row.output_tokens - (row.reasoning_tokens or 0))
    ratio = min(2.0, max(0.5, row.input_tokens / max(1, asked)))
    return History(max(0, said - beside), exact=True, ratio=ratio, typical=history.typical)


def _typical(material: Material) -> int | None:
    counts = [totals.output_tokens for totals in material.totals.values() if totals.output_tokens is not None]
    return round(sum(counts) / len(counts)) if counts else None


def _spent(material: Material) -> dict[str, Any]:
    rows = Attempt.objects.filter(chat_id=material.conversation.id, user_id=material.conversation.user_id)
    found = rows.aggregate(pico=Sum("cost_pico"), unpriced=Count("pk", filter=UNPRICED), calls=Count("pk"))
    costs = [totals.cost_usd for totals in material.totals.values() if totals.cost_usd is not None]
    return {
        "usd": None if found["pico"] is None else float(to_dollars(found["pico"]) or 0),
        "branch_usd": float(sum(costs)) if costs else None,
        "unpriced": found["unpriced"],
        "calls": found["calls"],
    }
