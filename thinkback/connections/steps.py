"""The steps of a connection test, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext

from providers import AuthFailed, InvalidRequest, NetworkFailed, ProviderError, QuotaExceeded, RateLimited, TimedOut
from proxy.call import Connection
from proxy.errors import Refused
from proxy.record import Record
from thinkback.connections import wording
from thinkback.connections.targets import place_of
from thinkback.connections.wording import Advice
from thinkback.usage.money import shown

TITLES = {
    "reach": N_("Connection"),
    "key": N_("Key"),
    "models": N_("Models"),
    "balance": N_("Remaining"),
    "answer": N_("One token"),
}
CHEAP = ("nano", "flash-lite", "mini", "haiku", "flash", "small", "lite", "practice")  # the first that fits is tried


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the test, such as `reach`, `key` or `answer`. `ms` None where it has no time of its own."""

    name: str
    title: str
    ok: bool
    message: str
    ms: int | None = None
    fix: str = ""
    link: str = ""


def passed(name: str, message: str, ms: int | None = None) -> Step:
    """A step that went well."""
    return Step(name, _(TITLES[name]), True, message, ms)


def failed(name: str, advice: Advice) -> Step:
    """A step that did not, and what mends it."""
    return Step(name, _(TITLES[name]), False, advice.message, None, advice.fix, advice.link)


def reached(connection: Connection, ms: int | None = None) -> Step:
    """The service answered at all."""
    own = connection.adapter.transport() is not None
    where = _("This server") if own else place_of(connection.adapter.root(connection.target))
    return passed("reach", _("%(where)s answers") % {"where": where}, ms)


def key_taken(connection: Connection) -> Step:
    """The key was accepted, or none was asked for."""
    return passed("key", _("Accepted") if connection.has_key else _("None needed"))


def listed(number: int, ms: int) -> Step:
    """The models were listed."""
    return passed("models", ngettext("%(number)s model", "%(number)s models", number) % {"number": number}, ms)


def left(amount: str, words: str) -> Step:
    """What is left there, with the service's own word for it."""
    return passed("balance", f"{amount} ({words})")


def refused(connection: Connection, error: ProviderError | Refused) -> list[Step]:
    """What the failure to list the models tells: how far we came, and the step that failed."""
    advice = wording.explain(connection, error)
    if isinstance(error, Refused | NetworkFailed | TimedOut):
        return [failed("reach", advice)]
    if isinstance(error, AuthFailed):
        return [reached(connection), failed("key", advice)]
    if isinstance(error, RateLimited | QuotaExceeded | InvalidRequest):
        return [reached(connection), key_taken(connection), failed("models", advice)]
    return [reached(connection), failed("models", advice)]


def answered(model: str, record: Record, ms: int) -> Step:
    """A model said a token: what went in and out, and what it cost, as far as that is known."""
    parts = [_("%(where)s answers") % {"where": model}]
    if record.input_tokens is not None and record.output_tokens is not None:
        parts.append(
            _("%(input)s tokens in, %(output)s out") % {"input": record.input_tokens, "output": record.output_tokens}
        )
    if record.cost_usd is not None:
        parts.append(shown(record.cost_usd))
    return passed("answer", " · ".join(parts), ms)


def pick(ids: Iterable[str]) -> str:
    """The model to try: the first whose name sounds cheap, else the first of all; empty for none."""
    names = list(ids)
    cheap = (name for word in CHEAP for name in names if word in name.lower())
    return next(cheap, names[0] if names else "")
