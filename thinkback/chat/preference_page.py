"""`/settings/chat`: how a user wants the chat page to behave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from thinkback.accounts.door import SignedIn
from thinkback.chat.preferences import CHOICES, Choice, choose, of


@dataclass(frozen=True, slots=True)
class Row:
    """One choice as the page shows it."""

    name: str
    choice: Choice
    value: Any

    @property
    def kind(self) -> str:
        """How it is chosen: words, switch, text, number."""
        if self.choice.words:
            return "words"
        if isinstance(self.choice.default, str):
            return "text"
        return "switch" if isinstance(self.choice.default, bool) else "number"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: SignedIn) -> HttpResponse:
    """The choices; each is saved by itself, or all by a POST where there is no script."""
    assert request.user.pk is not None
    if request.method == "POST":
        try:
            choose(request.user.pk, _read(request.POST))
        except ValueError as error:
            name = CHOICES[str(error)].label
            messages.error(request, _("“%(name)s” does not take that.") % {"name": name})
        return redirect("settings_chat")
    values = of(request.user.pk)
    rows = [Row(name, choice, values[name]) for name, choice in CHOICES.items() if choice.label]
    return render(request, "chat/preferences.html", {"rows": rows})


def _read(sent: QueryDict) -> dict[str, Any]:
    rows = [Row(name, choice, sent.get(name)) for name, choice in CHOICES.items() if choice.label]
    return {row.name: _value(row) for row in rows if row.name in sent or row.kind == "switch"}


def _value(row: Row) -> Any:
    if row.kind == "switch":
        return row.value == "on"
    if row.kind in ("words", "text"):
        return row.value.strip()
    try:
        return float(row.value.replace(",", ".")) if row.value else None
    except ValueError:
        return row.value
