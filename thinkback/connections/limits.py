"""How much may be asked of one configuration: settings of every provider on the network, kept as its options."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from providers import Adapter, Field
from proxy.call import Limits
from thinkback.connections.adapter_words import said
from thinkback.connections.invalid import Invalid
from thinkback.lower_limits import LABELS, lowered

FIELDS = tuple(
    Field(name, label, "number", help="With this provider alone; empty for as much as you may ask for in all.")
    for name, label in LABELS.items()
)


def fields_of(adapter: Adapter) -> dict[str, Field]:
    """These fields by name; none for what answers by itself."""
    return {} if adapter.transport() is not None else {field.name: field for field in FIELDS}


def checked(field: Field, text: str) -> str:
    """The text of any field. Raises Invalid for a limit that is no whole number, or above the site's own."""
    if text and field in FIELDS:
        most = getattr(settings.LIMITS, field.name)
        if not is_fit(text, most):
            raise Invalid(
                **{
                    field.name: _("%(label)s: a whole number from 1 to %(most)s.")
                    % {"label": said(field.label), "most": most}
                }
            )
    return text


def is_fit(text: str, most: int) -> bool:
    """Whether a text is a number that makes sense."""
    return text.isascii() and text.isdigit() and len(text) < 20 and 1 <= int(text) <= most


def limits_of(stored: Mapping[str, str]) -> Limits | None:
    """What the proxy counts by; None where nothing is set."""
    own = {name: int(stored[name]) for name in LABELS if is_fit(stored.get(name, ""), 2**63)}
    return lowered(settings.LIMITS, own) if own else None
