"""Which other configurations of the same user are asked where one has failed, in order.

Stored as `[{"slug": "azure", "model": "gpt-4o"}, …]`; `model` null asks for the same model there. The fallbacks of a
fallback are not followed, so two configurations may stand in for each other.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from thinkback.connections.invalid import Invalid
from thinkback.connections.models import Connection
from thinkback.connections.targets import adapter_of, target_of

MOST = 5
LONGEST_MODEL = 200
FORM = 'Give a list of providers, such as ["openai-2", {"slug": "azure", "model": "gpt-4o"}].'

Chain = list[dict[str, str | None]]


def read(value: Any) -> Chain:
    """A chain as somebody wrote it, a slug alone standing for itself. Raises Invalid, naming `fallbacks`."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Invalid(fallbacks=FORM)
    if len(value) > MOST:
        raise Invalid(fallbacks=_("At most %(most)s fallbacks.") % {"most": MOST})
    chain = [_entry(one) for one in value]
    if any(one in chain[:place] for place, one in enumerate(chain)):
        raise Invalid(fallbacks=_("A fallback is given twice."))
    return chain


def _entry(value: Any) -> dict[str, str | None]:
    if isinstance(value, str):
        value = {"slug": value}
    if not isinstance(value, dict) or not isinstance(value.get("slug"), str) or value.keys() - {"slug", "model"}:
        raise Invalid(fallbacks=FORM)
    model = value.get("model")
    if model is not None and (not isinstance(model, str) or len(model) > LONGEST_MODEL or not model.isprintable()):
        raise Invalid(
            fallbacks=_("A model's name has at most %(longest_model)s characters.") % {"longest_model": LONGEST_MODEL}
        )
    return {"slug": value["slug"], "model": (model or "").strip() or None}


def check(row: Connection) -> None:
    """Raise Invalid unless every fallback of this row is one of its user's that speaks the same format."""
    if not row.fallbacks:
        return
    if _answers_by_itself(row):
        raise Invalid(fallbacks=_("%(name)s answers by itself and needs no fallback.") % {"name": row.name})
    known = {other.slug: other for other in Connection.objects.filter(user_id=row.user_id)} | {row.slug: row}
    for entry in row.fallbacks:
        other = known.get(entry["slug"])
        if other is None:
            raise Invalid(fallbacks=_("You have no provider called “%(slug)s”.") % {"slug": entry["slug"]})
        if other is row and entry["model"] is None:
            raise Invalid(fallbacks=_("A provider falls back on itself only with another model."))
        if not stands_in(other, row):
            raise Invalid(
                fallbacks=_("%(other)s speaks another format than %(name)s.") % {"other": other.name, "name": row.name}
            )


def stands_in(other: Connection, row: Connection) -> bool:
    """Whether a request for `row` means the same to `other`; never where the adapter is not installed any more."""
    return other is row or format_of(other) == format_of(row) != ""


def format_of(row: Connection) -> str:
    """The format that requests of this row have; empty where nobody else speaks it."""
    adapter = adapter_of(row)
    return "" if adapter is None else adapter.wire(target_of(row)).wire_format


def choices(user_id: int, row: Connection) -> list[Connection]:
    """The configurations that may be chosen as fallbacks of `row`, which may be a new one; itself is the last."""
    others = Connection.objects.filter(user_id=user_id).exclude(pk=row.pk).order_by("id")
    fitting = [other for other in others if stands_in(other, row) and not _answers_by_itself(other)]
    return [*fitting, row] if row.slug else fitting


def forget(user_id: int, slug: str) -> None:
    """Take a configuration that was deleted out of the chains of the user's others."""
    for row in Connection.objects.filter(user_id=user_id).exclude(fallbacks=[]):
        left = [entry for entry in row.fallbacks if entry["slug"] != slug]
        if left != row.fallbacks:
            Connection.objects.filter(pk=row.pk).update(fallbacks=left)


def _answers_by_itself(row: Connection) -> bool:
    adapter = adapter_of(row)
    return adapter is not None and adapter.transport() is not None
