"""`/settings/presets`: presets and saved prompts, made, changed, copied and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from thinkback.accounts.door import SignedIn
from thinkback.chat.preferences import choose, of
from thinkback.connections.lookup import all_of
from thinkback.presets.built_in import BuiltIn
from thinkback.presets.controls import controls_of, typed
from thinkback.presets.kept import TEXTS, Invalid, find, free_name, presets_of, store
from thinkback.presets.models import Preset, SavedPrompt
from thinkback.presets.parameters import SETTINGS
from thinkback.tools import kits

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@login_required
def overview(request: SignedIn) -> HttpResponse:
    """All of them."""
    assert request.user.pk is not None
    presets = presets_of(request.user.pk)
    context = {
        "own": [preset for preset in presets if isinstance(preset, Preset)],
        "built_in": [preset for preset in presets if isinstance(preset, BuiltIn)],
        "prompts": SavedPrompt.objects.filter(user=request.user),
        "default": of(request.user.pk)["default_preset"],
    }
    return render(request, "presets/list.html", context)


@GET_OR_POST
@login_required
def new_preset(request: SignedIn) -> HttpResponse:
    """A new one; `?from=` begins it as a copy of another."""
    assert request.user.pk is not None
    made = Preset(user=request.user)
    origin = find(request.user.pk, request.GET.get("from", ""))
    if origin is not None:
        for name in ("description", "slug", "model", "system", "parameters", "tools"):
            value = getattr(origin, name)
            setattr(made, name, value if isinstance(value, dict | list) else str(value))
        made.name = free_name(request.user.pk, str(origin.name))
    return _edit(request, made)


@GET_OR_POST
@login_required
def one_preset(request: SignedIn, id: UUID) -> HttpResponse:
    """One of the user's own."""
    return _edit(request, get_object_or_404(Preset, user=request.user, id=id))


@GET_OR_POST
@login_required
def new_prompt(request: SignedIn) -> HttpResponse:
    """A new saved prompt."""
    return _edit(request, SavedPrompt(user=request.user))


@GET_OR_POST
@login_required
def one_prompt(request: SignedIn, id: UUID) -> HttpResponse:
    """One of the user's saved prompts."""
    return _edit(request, get_object_or_404(SavedPrompt, user=request.user, id=id))


@require_POST
@login_required
def make_default(request: SignedIn, id: str) -> HttpResponse:
    """New chats begin with this one; asked of the one that they begin with already, with none."""
    assert request.user.pk is not None
    if find(request.user.pk, id) is None:
        raise Http404
    is_already = of(request.user.pk)["default_preset"] == id
    choose(request.user.pk, {"default_preset": "" if is_already else id})
    return redirect("settings_presets")


def _edit(request: SignedIn, row: Preset | SavedPrompt) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        if "delete" in request.POST and not row._state.adding:
            row.delete()
            messages.success(request, _("Deleted"))
            return redirect("settings_presets")
        try:
            store(row, _sent(row, request.POST))
        except Invalid as error:
            errors = {error.field: error.message}
        else:
            messages.success(request, _("Saved"))
            return redirect("settings_presets")
    return _form(request, row, errors)


def _form(request: SignedIn, row: Preset | SavedPrompt, errors: Mapping[str, str]) -> HttpResponse:
    assert request.user.pk is not None
    is_preset = isinstance(row, Preset)
    sent = _sent(row, request.POST) if errors else {}
    for name in TEXTS[type(row)]:
        setattr(row, name, sent.get(name, getattr(row, name)))
    context: dict[str, Any] = {"row": row, "errors": errors, "is_new": row._state.adding}
    if isinstance(row, Preset):
        context |= {
            "rows": controls_of(sent.get("parameters", row.parameters)),
            "tool_choices": kits.choices(request.user.pk),
            "tools_chosen": sent.get("tools", row.tools),
            "models": async_to_sync(models_of)(request.user.pk),
            "chosen": f"{row.slug}/{row.model}" if row.model else "",
        }
    page = "presets/preset.html" if is_preset else "presets/prompt.html"
    return render(request, page, context, status=400 if errors else 200)


def _sent(row: Preset | SavedPrompt, form: QueryDict) -> dict[str, Any]:
    """What a form says, by the names of a program's fields."""
    found: dict[str, Any] = {name: form[name] for name in TEXTS[type(row)] if name in form}
    if isinstance(row, Preset):
        found["slug"], _slash, found["model"] = form.get("chosen", "").partition("/")
        values = {setting.name: typed(setting, form.get(setting.name, "")) for setting in SETTINGS}
        found["parameters"] = values
        found["tools"] = form.getlist("tools")
    return found


async def models_of(user_id: int) -> list[tuple[str, list[tuple[str, str]]]]:
    """The models that can be chosen: each connection's name with its models, as `slug/model` and label."""
    from_all = await all_of(user_id)
    return [
        (choice.name, [(f"{choice.slug}/{entry.id}", entry.label or entry.id) for entry in choice.models])
        for choice in from_all
        if choice.models
    ]
