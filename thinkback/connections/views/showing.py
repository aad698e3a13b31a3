"""What the provider pages show: the list at the side, and one configuration beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

import providers
from providers import Adapter
from thinkback.connections import catalogue, chains, list_prices, practice
from thinkback.connections.allowances import Allowed, allowed_by
from thinkback.connections.balances import Left, left_of
from thinkback.connections.forms import ProviderForm
from thinkback.connections.models import Connection
from thinkback.connections.nearby import is_here
from thinkback.connections.probing import Found
from thinkback.connections.refreshing import is_old
from thinkback.connections.shared import SHARED
from thinkback.connections.states import State, key_of, state_of
from thinkback.connections.targets import adapter_of, destination_of, place_of

SHOWN = 100  # models in sight; the search finds the others


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list at the side."""

    row: Connection
    state: State
    left: Left | None
    allowed: Allowed | None


def listed(user_id: int) -> list[Listed]:
    """The user's configurations, oldest first, practice last; then those that the administrator shares."""
    practice.ensure(user_id)
    rows: QuerySet[Connection] = Connection.objects.filter(user_id=user_id).order_by("id")
    in_order = sorted(rows, key=lambda row: row.kind == practice.KIND)
    shared = [Listed(row, _shared_state(), None, None) for row in SHARED.rows(user_id)]
    own = [Listed(row, state_of(row, key_of(row)), left_of(row), allowed_by(row)) for row in in_order]
    return own + shared


def show_list(request: HttpRequest, found: Sequence[Found] = (), *, unrecognised: bool = False) -> HttpResponse:
    """The page with the tiles of what can be added; before them what was found on this machine and is not there yet."""
    offered = [adapter for adapter in providers.available() if adapter.kind != practice.KIND]
    kinds = [(adapter, host_of(adapter), providers.source_of(adapter.kind)) for adapter in offered]
    kinds.sort(key=lambda kind: not kind[1])  # those without an address of their own come last
    own = listed(_user_id(request))
    known = {one.row.kind for one in own if is_here(one.row)}
    fresh = [one for one in found if one.kind not in known]
    context = {"listed": own, "kinds": kinds, "found": fresh, "unrecognised": unrecognised}
    return render(request, "connections/list.html", context, status=400 if unrecognised else 200)


def host_of(adapter: Adapter) -> str:
    """The host of its own address; empty where it has none."""
    return "" if adapter.transport() is not None else place_of(adapter.base_url)


def show_new(request: HttpRequest, form: ProviderForm, status: int = 200) -> HttpResponse:
    """The form of a new configuration."""
    form.fallback_choices = chains.choices(_user_id(request), Connection(kind=form.adapter.kind))
    context = {"listed": listed(_user_id(request)), "form": form, "adapter": form.adapter}
    context["source"] = providers.source_of(form.adapter.kind)
    return render(request, "connections/new.html", context, status=status)


def show_shared(request: HttpRequest, row: Connection) -> HttpResponse:
    """One configuration of the administrator's: where text goes and which models there are, nothing to change."""
    context = {"listed": listed(_user_id(request)), "row": row, "host": destination_of(row), "state": _shared_state()}
    context |= {"adapter": adapter_of(row), **_models(request, row)}
    return render(request, "connections/shared.html", context)


def show_one(request: HttpRequest, row: Connection, status: int = 200, **more: Any) -> HttpResponse:
    """One configuration: its form, test, models and end. `more` adds to or replaces what the template gets."""
    adapter = adapter_of(row)
    key = key_of(row)
    context: dict[str, Any] = {
        "listed": listed(_user_id(request)),
        "row": row,
        "adapter": adapter,
        "source": providers.source_of(row.kind),
        "key": key,
        "state": state_of(row, key),
        "host": destination_of(row),
        "left": left_of(row),
        "allowed": allowed_by(row),
        "form": ProviderForm(adapter, row) if adapter else None,
        "is_practice": row.slug == practice.KIND,
        "models_old": row.enabled and row.models_fetched_at is not None and is_old(row),
        **_models(request, row),
        **more,
    }
    if context["form"] is not None:
        context["form"].fallback_choices = chains.choices(_user_id(request), row)
    return render(request, "connections/one.html", context, status=status)


def _models(request: HttpRequest, row: Connection) -> dict[str, Any]:
    wanted = request.GET.get("q", "").strip()
    known = catalogue.entries(row)
    found = [entry for entry in known if wanted.lower() in f"{entry.id} {entry.label}".lower()]
    found.sort(key=lambda entry: not entry.default)  # the default one first, then favourites
    entries = async_to_sync(list_prices.priced)(row, found[:SHOWN])
    return {"q": wanted, "entries": entries, "entries_found": len(found), "entries_all": len(known)}


def _user_id(request: HttpRequest) -> int:
    assert request.user.pk is not None
    return request.user.pk


def _shared_state() -> State:
    return State("shared", _("Shared with you"), "good")
