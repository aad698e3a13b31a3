"""`/settings/providers/<slug>/models/facts?id=`: what the user says of one model himself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from thinkback.accounts.door import SignedIn
from thinkback.connections import catalogue, facts
from thinkback.connections.views.finding import own_row
from thinkback.connections.views.showing import listed
from thinkback.languages.numbers import whole

ANSWERS = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))
DEFAULTS = {
    True: gettext_lazy("As the provider says (yes)"),
    False: gettext_lazy("As the provider says (no)"),
    None: gettext_lazy("As the provider says (unknown)"),
}
LABELS = {
    "tools": gettext_lazy("Calls tools"),
    "images": gettext_lazy("Sees images"),
    "reasoning": gettext_lazy("Reasons"),
    "draws": gettext_lazy("Draws pictures"),
}


class FactsForm(forms.Form):
    """Sizes and abilities; what is empty is left to the provider."""

    context = forms.IntegerField(label=gettext_lazy("Context"), required=False, min_value=1, max_value=facts.LARGEST)
    max_output = forms.IntegerField(
        label=gettext_lazy("Longest answer"), required=False, min_value=1, max_value=facts.LARGEST
    )
    tools = forms.ChoiceField(label=LABELS["tools"], required=False, choices=ANSWERS)
    images = forms.ChoiceField(label=LABELS["images"], required=False, choices=ANSWERS)
    reasoning = forms.ChoiceField(label=LABELS["reasoning"], required=False, choices=ANSWERS)
    draws = forms.ChoiceField(label=LABELS["draws"], required=False, choices=ANSWERS)

    def __init__(self, provider: catalogue.Entry, sent: QueryDict | None = None, said: Mapping[str, Any] | None = None):
        """`provider` is what that says, shown where the user says nothing; `said` what he said before."""
        super().__init__(sent, initial={name: _shown(value) for name, value in (said or {}).items()})
        for name in facts.SIZES:
            size = getattr(provider, name)
            self.fields[name].widget.attrs["placeholder"] = _("unknown") if size is None else whole(size)
        for name in facts.ABILITIES:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = (("", DEFAULTS[getattr(provider, name)]), *ANSWERS)

    def said(self) -> dict[str, Any]:
        """What the user says, as the JSON API would be sent it."""
        sizes = {name: self.cleaned_data[name] for name in facts.SIZES}
        return sizes | {name: {"yes": True, "no": False}.get(self.cleaned_data[name]) for name in facts.ABILITIES}


def _shown(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: SignedIn, slug: str) -> HttpResponse:
    """The form of one model, named by `?id=`; POST keeps what it says."""
    row = own_row(request.user.pk, slug)
    entry = next((one for one in catalogue.entries(row) if one.id == request.GET.get("id")), None)
    by_provider = entry and catalogue.listed(row, entry.id)
    if entry is None or by_provider is None:
        raise Http404
    said = {name: getattr(entry, name) for name in entry.own}
    sent = request.POST if request.method == "POST" else None
    form = FactsForm(by_provider, sent, said)
    if request.method == "POST" and form.is_valid():
        facts.say(row, entry.id, form.said())
        messages.success(request, _("Saved"))
        return redirect(reverse("settings_provider", args=[slug]) + "#models")
    return _shown_page(request, {"row": row, "entry": entry, "form": form})


def _shown_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    context["listed"] = listed(context["row"].user_id)
    return render(request, "connections/facts.html", context, status=400 if context["form"].errors else 200)
