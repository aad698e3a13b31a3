"""`/api/chats/models`: what the picker lists, which the page asks for when it is first opened; and the prices."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

import providers
from thinkback.api import ApiRequest, answer, api
from thinkback.chat import picking
from thinkback.connections.lookup import Choice, all_of
from thinkback.routing.aliases import ALIASES
from thinkback.usage.money import shown, to_text
from thinkback.usage.price_question import Rates
from thinkback.usage.quotes import Item, is_waited_for, rates

MOST = 50  # models whose prices are told at once
MILLION = 1_000_000


@api("GET", scope="chat")
async def models(request: ApiRequest) -> HttpResponse:
    """Favourites, aliases, then each connection; those that work come first."""
    assert request.user.pk is not None
    choices = await all_of(request.user.pk)
    own = {choice.slug for choice in choices if not choice.shared}
    found = [section for section in picking.sections(choices, ALIASES.known.values()) if section.ready]
    return answer({"results": [_told(section, own) for section in found if section.options], "next": None})


def _told(section: picking.Section, own: set[str]) -> dict[str, Any]:
    options = [{**asdict(option), "own": option.slug in own} for option in section.options]
    return {"slug": section.slug, "name": section.name, "failing": section.failing, "models": options}


@api("GET", scope="chat")
async def prices(request: ApiRequest) -> HttpResponse:
    """List prices of `?model=connection/model`, up to 50 times; what the table has not answered yet is left out."""
    assert request.user.pk is not None
    choices = {choice.slug: choice for choice in await all_of(request.user.pk)}
    asked = [name.partition("/") for name in request.GET.getlist("model")[:MOST]]
    items = {(slug, model): _item(choices[slug], model) for slug, _slash, model in asked if slug in choices}
    found = zip(items, items.values(), await rates(list(items.values())), strict=True)
    results = [_priced(slug, model, rate) for (slug, model), item, rate in found if not is_waited_for(item)]
    return answer({"results": results, "next": None})


def _item(choice: Choice, model: str) -> Item:
    try:
        return Item(providers.get(choice.kind).price_list(model), model)
    except KeyError:  # its adapter is not installed any more
        return Item(None, model)


def _priced(slug: str, model: str, rate: Rates | None) -> dict[str, Any]:
    price = None if rate is None else {"input": to_text(rate.fresh), "output": to_text(rate.output)}
    return {"slug": slug, "model": model, "price": price, "text": _text(rate)}


def _text(rate: Rates | None) -> str:
    if rate is None:
        return _("price unknown")
    if not rate.fresh and not rate.output:
        return _("Free")
    amounts = {"input": shown(rate.fresh * MILLION), "output": shown(rate.output * MILLION)}
    return _("%(input)s in · %(output)s out") % amounts
