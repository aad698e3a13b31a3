"""`/settings/data`: taking chats away, bringing them in, and the report of each import."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from thinkback.answers import ApiError
from thinkback.chat.models import Conversation
from thinkback.sharing import links
from thinkback.transfer import receiving
from thinkback.transfer.api import COUNTS, report_of
from thinkback.transfer.models import Import, Line

SHOWN = 20  # imports on the page
LINES = 500  # of a report on the page; all are in the file
AT_ONCE = 200  # conversations that are changed in one go
ORDER = (Line.Outcome.FAILED, Line.Outcome.UPDATED, Line.Outcome.IMPORTED, Line.Outcome.SKIPPED)


@require_safe
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """The page."""
    assert request.user.pk is not None
    rows = Import.objects.filter(user_id=request.user.pk).annotate(**COUNTS).order_by("-created_at", "-id")
    shared = [{"link": link, "address": links.address(request, link)} for link in links.of_user(request.user.pk)]
    context = {"imports": rows[:SHOWN], "chats": _chats(request.user.pk).count(), "shared_links": shared}
    return render(request, "transfer/data.html", context)


@require_safe
@login_required
def report(request: HttpRequest, id: UUID) -> HttpResponse:
    """What became of each conversation of a file; `?format=` gives it as a file."""
    assert request.user.pk is not None
    found = receiving.of_user(request.user.pk, id)
    if "format" in request.GET:
        try:
            return report_of(found, request.GET["format"])
        except ApiError as error:
            raise Http404 from error
    return render(request, "transfer/report.html", {"import": found} | _lines(found, request.GET.get("outcome", "")))


def _lines(found: Import, outcome: str) -> dict[str, Any]:
    lines = found.lines.select_related("conversation")
    counts = [(one, found.lines.filter(outcome=one).count()) for one in ORDER]
    chosen = lines.filter(outcome=outcome) if outcome in Line.Outcome.values else lines
    return {"lines": chosen[:LINES], "more": max(chosen.count() - LINES, 0), "counts": counts, "outcome": outcome}


@require_POST
@login_required
def remove(request: HttpRequest, id: UUID) -> HttpResponse:
    """Cancel an import, or remove its report."""
    assert request.user.pk is not None
    receiving.cancel(receiving.of_user(request.user.pk, id))
    return redirect("settings_data")


@require_POST
@login_required
def trash_all(request: HttpRequest) -> HttpResponse:
    """Put every chat into the trash, few at a time."""
    assert request.user.pk is not None
    if request.POST.get("typed") != str(_chats(request.user.pk).count()):
        messages.error(request, _("Nothing was deleted: the number of your chats is another one."))
        return redirect("settings_data")
    now, count = timezone.now(), 0
    while ids := list(_chats(request.user.pk).values_list("id", flat=True)[:AT_ONCE]):
        count += Conversation.objects.filter(id__in=ids).update(trashed_at=now)
    said = ngettext("%(count)d chat is in the trash now.", "%(count)d chats are in the trash now.", count)
    messages.success(request, said % {"count": count} if count else _("There was no chat."))
    return redirect("settings_data")


def _chats(user_id: int) -> QuerySet[Conversation]:
    return Conversation.objects.filter(user_id=user_id, trashed_at=None, temporary=False)
