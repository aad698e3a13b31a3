"""The page `/usage`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from thinkback.accounts.models import User
from thinkback.answers import ApiError
from thinkback.usage.choices import filters_of, people_filter, without_filters
from thinkback.usage.models import Attempt
from thinkback.usage.reports import report
from thinkback.usage.selections import Selection, read_selection
from thinkback.usage.shares import lines

PER_PAGE = 50
MOST_MODELS = 25
RANGES = {
    "today": gettext_lazy("Today"),
    "7d": gettext_lazy("7d"),
    "30d": gettext_lazy("30d"),
    "month": gettext_lazy("This month"),
}


@require_safe
@login_required
def usage(request: HttpRequest) -> HttpResponse:
    """What it cost: totals, by day, by model, and every call. Range and filters are in the address."""
    if "first" in request.GET or "last" in request.GET:
        return redirect(_with_half_open_range(request))
    user = cast(User, request.user)
    try:
        selection = read_selection(request, user)
    except ApiError as error:
        context = {"error": error, "ranges": RANGES}
        return render(request, "usage/usage.html", context, status=error.status)
    return render(request, "usage/usage.html", _context(request, selection, user))


def _context(request: HttpRequest, selection: Selection, user: User) -> dict[str, Any]:
    span = selection.span
    hourly = span.end - span.start <= timedelta(days=2)
    by_time = report(selection, "hour" if hourly else "day")
    by_model = lines(report(selection, "model"))
    pages = Paginator(selection.rows().select_related("user").order_by("-started_at", "-pk"), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return {
        "selection": selection,
        "span": span,
        "ranges": RANGES,
        "filters": filters_of(selection, request.GET) + ([people_filter(user, request.GET)] if user.is_staff else []),
        "without_filters": without_filters(request.GET),
        "by_time": by_time,
        "hourly": hourly,
        "total": by_time.total,
        "times": by_time.times.summary(),
        "models": by_model[:MOST_MODELS],
        "all_models": len(by_model),
        "page": page,
        "newer": _page_address(request, page.number - 1) if page.has_previous() else "",
        "older": _page_address(request, page.number + 1) if page.has_next() else "",
        "ever_used": by_time.total.attempts > 0 or _ever_used(selection),
    }


def _page_address(request: HttpRequest, number: int) -> str:
    given = request.GET.copy()
    given["page"] = str(number)
    return f"?{given.urlencode()}#calls"


def _ever_used(selection: Selection) -> bool:
    everybody = Attempt.objects.all()
    return (everybody if selection.user_id is None else everybody.filter(user=selection.user_id)).exists()


def _with_half_open_range(request: HttpRequest) -> str:
    """People give the first and the last day; addresses have the day after the last, as the API does."""
    given = request.GET.copy()
    first, last = given.pop("first", [""])[-1], given.pop("last", [""])[-1]
    for name in ("range", "page"):
        given.pop(name, None)
    given["from"] = first
    try:
        given["to"] = (date.fromisoformat(last) + timedelta(days=1)).isoformat() if last else ""
    except (ValueError, OverflowError):
        given["to"] = last  # the page will say what is wrong with it
    return f"{request.path}?{given.urlencode()}"
