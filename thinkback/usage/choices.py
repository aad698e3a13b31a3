"""The filters of the usage page: what there is to choose from, what is chosen, and where each choice leads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from thinkback.accounts.models import User
from thinkback.usage.selections import FILTERS, Selection
from thinkback.usage.templatetags.usage import source_word, status_word

OFFERED = {
    "provider": (gettext_lazy("Provider"), gettext_lazy("Any provider")),
    "model": (gettext_lazy("Model"), gettext_lazy("Any model")),
    "source": (gettext_lazy("Source"), gettext_lazy("Any source")),
    "status": (gettext_lazy("Status"), gettext_lazy("Any status")),
}
MOST = 50  # values of one filter, the most used
_WORDS = {"source": source_word, "status": status_word}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter can have, and the query that chooses it. `count` is None where nothing was counted."""

    label: str
    query: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter; `chosen` are the labels of what it is set to."""

    name: str
    label: str
    choices: list[Choice]
    chosen: list[str]


def filters_of(selection: Selection, given: QueryDict) -> list[Filter]:
    """The page's filters, with the values that occur in the range, and those that were asked for in any case."""
    wanted = dict(selection.filters)
    counts: dict[str, Counter[str]] = {name: Counter(dict.fromkeys(wanted.get(name, ()), 0)) for name in OFFERED}
    rows = replace(selection, filters=()).rows().order_by()
    for row in rows.values(*(FILTERS[name] for name in OFFERED)).annotate(n=Count("pk")):
        for name in OFFERED:
            if value := row[FILTERS[name]]:
                counts[name][value] += row["n"]
    return [_filter(name, counts[name], wanted.get(name, ()), given) for name in OFFERED]


def people_filter(user: User, given: QueryDict) -> Filter:
    """Whose usage owner and administrators look at."""
    whose = given.get("user") or user.username
    names = User.objects.exclude(pk=user.pk).order_by("username").values_list("username", flat=True)[:MOST]
    offered = {user.username: _("Mine"), "all": _("Everybody"), **{name: name for name in names}}
    choices = [Choice(label, _query(given, "user", name), name == whose) for name, label in offered.items()]
    return Filter("user", _("Person"), choices, [offered.get(whose, whose)])


def without_filters(given: QueryDict) -> str:
    """The query of the same range and person with every filter taken away."""
    kept = given.copy()
    for name in ("page", *FILTERS):
        kept.pop(name, None)
    return kept.urlencode()


def _filter(name: str, counts: Counter[str], wanted: tuple[str, ...], given: QueryDict) -> Filter:
    word = _WORDS.get(name, str)
    anything = Choice(str(OFFERED[name][1]), _query(given, name, None), not wanted)
    choices = [
        Choice(word(value), _query(given, name, value), value in wanted, count)
        for value, count in counts.most_common(MOST)
    ]
    return Filter(name, str(OFFERED[name][0]), [anything, *choices], [word(value) for value in wanted])


def _query(given: QueryDict, name: str, value: str | None) -> str:
    changed = given.copy()
    changed.pop("page", None)
    changed.pop(name, None)
    if value is not None:
        changed[name] = value
    return changed.urlencode()
