"""Money, tokens and times as people read them. What is not known is "—", never 0."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from thinkback.languages import numbers
from thinkback.usage.money import UNKNOWN, shown, to_dollars, to_text

register = template.Library()

_STATUSES = {
    "ok": (N_("OK"), "good"),
    "error": (N_("Failed"), "bad"),
    "cancelled": (N_("Stopped"), ""),
    "interrupted": (N_("Interrupted"), "warn"),
    "refused": (N_("Refused"), "warn"),
    "started": (N_("Running"), "info"),
}
_COST_SOURCES = {
    "provider": (N_("Provider"), N_("The provider told this cost itself.")),
    "override": (N_("Own price"), N_("Reckoned with a price of your own.")),
    "table": (
        N_("List price"),
        N_("Tokens times the list price of that day; discounts and taxes of yours are not in it."),
    ),
    "cache": (N_("Cache"), N_("Answered from the cache, without the provider.")),
    "local": (N_("Local"), N_("Answered by ThinkBack itself; it costs nothing.")),
}
_SOURCES = {
    "chat": N_("Chat"),
    "proxy": N_("Proxy"),
    "unified": N_("Unified API"),
    "title": N_("Title"),
    "tool": N_("Tool"),
    "test": N_("Test"),
}


@register.filter
def money(dollars: Decimal | None) -> str:
    """Decimal US dollars: "$12.30", below a cent four significant digits."""
    return shown(dollars)


@register.filter
def per_million(dollars: Decimal) -> str:
    """The price of one token, as that of a million."""
    return shown(dollars * 1_000_000)


@register.filter
def pico_money(pico: int | None) -> str:
    """The same of whole pico-dollars."""
    return shown(to_dollars(pico))


@register.filter
def exact_money(pico: int | None) -> str:
    """Every digit, for a title; with the reason where there is nothing to tell."""
    return _("Nobody told what this cost") if pico is None else f"${to_text(to_dollars(pico))}"


@register.filter
def whole(number: int | None) -> str:
    """ "12,345"."""
    return UNKNOWN if number is None else numbers.whole(number)


@register.filter
def compact(number: int | None) -> str:
    """ "845", "12.3 k", "4.56 M": three digits at least."""
    if number is None:
        return UNKNOWN
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            value = number / size
            return f"{numbers.decimal(value, 2 if value < 10 else 1 if value < 100 else 0)} {unit}"
    return str(number)


@register.filter
def duration(milliseconds: float | None) -> str:
    """ "420 ms", "1.8 s", "2 min 5 s"."""
    if milliseconds is None:
        return UNKNOWN
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 59.95:
        return f"{numbers.decimal(seconds, 1)} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


@register.filter
def percent(share: float | None) -> str:
    """ "1.2 %"; what is more than nothing does not become 0."""
    if share is None:
        return UNKNOWN
    if 0 < share < 0.001:
        return f"< {numbers.decimal(0.1, 1)} %"
    shown = round(share * 100, 1)
    return f"{numbers.decimal(shown, 0 if shown % 1 == 0 else 1)} %"


@register.filter
def status_word(status: str) -> str:
    """What a status is called on the page."""
    return _(_STATUSES.get(status, (status, ""))[0])


@register.filter
def status_kind(status: str) -> str:
    """Which badge a status has."""
    return _STATUSES.get(status, ("", ""))[1]


@register.filter
def source_word(source: str) -> str:
    """Who asked: the chat page, a program, …"""
    return _(_SOURCES.get(source, source))


@register.filter
def cost_source_word(source: str | None) -> str:
    """Where a cost comes from."""
    word = _COST_SOURCES.get(source or "", (source or "", ""))[0]
    return _(word) if word else ""


@register.filter
def cost_source_help(source: str | None) -> str:
    """What that means."""
    word = _COST_SOURCES.get(source or "", ("", ""))[1]
    return _(word) if word else ""
