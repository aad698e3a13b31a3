"""What a user says of a model himself, in place of what its provider says or leaves out: sizes and abilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from thinkback.connections import catalogue, changes
from thinkback.connections.invalid import Invalid
from thinkback.connections.models import Connection
from thinkback.languages.numbers import whole

SIZES, ABILITIES = ("context", "max_output"), ("tools", "images", "reasoning", "draws")
LARGEST = 100_000_000  # tokens


def checked(given: Mapping[str, Any]) -> dict[str, int | bool | None]:
    """What somebody says of a model; None takes his word back. Raises Invalid, naming the field."""
    unknown = next((name for name in given if name not in (*SIZES, *ABILITIES)), None)
    if unknown is not None:
        raise Invalid(**{unknown: _("Of a model can be said: %(names)s.") % {"names": ", ".join((*SIZES, *ABILITIES))}})
    for name in SIZES:
        value = given.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST):
            raise Invalid(
                **{name: _("A size is a whole number of tokens, from 1 to %(largest)s.") % {"largest": whole(LARGEST)}}
            )
    for name in ABILITIES:
        if not isinstance(given.get(name), bool | None):
            raise Invalid(**{name: _("An ability is true, false, or null for what the provider says.")})
    return dict(given)


def say(row: Connection, id: str, given: Mapping[str, Any]) -> catalogue.Entry | None:
    """Keep what was said of one model, beside what was said before; None where it is not listed. Raises Invalid."""
    said = checked(given)
    with transaction.atomic():
        fresh = Connection.objects.select_for_update().get(pk=row.pk)
        stored = next((one for one in fresh.models if one["id"] == id), None)
        if stored is None:
            return None
        own = {**stored.get(catalogue.OWN, {}), **said}
        stored[catalogue.OWN] = {name: value for name, value in own.items() if value is not None}
        fresh.save(update_fields=["models"])
    changes.announce(row.user_id)
    return next(entry for entry in catalogue.entries(fresh) if entry.id == id)
