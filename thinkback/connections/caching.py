"""For how long an answer of a configuration may be given again: a setting of every provider on the network."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from providers import Adapter, Field
from thinkback.connections.adapter_words import said
from thinkback.connections.invalid import Invalid

LONGEST = 30 * 24 * 3600  # seconds
FIELD = Field(
    "cache_seconds", "Cache", "number",
    help="Seconds for which the same request of your programs gets the same answer again, for nothing. Empty: never.",
)  # fmt: skip


def fields_of(adapter: Adapter) -> dict[str, Field]:
    """This field by name; none for what answers by itself."""
    return {} if adapter.transport() is not None else {FIELD.name: FIELD}


def checked(field: Field, text: str) -> str:
    """The text of any field. Raises Invalid for a time that makes no sense."""
    if text and field is FIELD and not is_fit(text):
        raise Invalid(
            **{
                field.name: _("%(label)s: a whole number of seconds from 0 to %(longest)s.")
                % {"label": said(field.label), "longest": LONGEST}
            }
        )
    return text


def is_fit(text: str) -> bool:
    """Whether a text is a time that makes sense."""
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LONGEST


def seconds_of(adapter: Adapter, stored: Mapping[str, str]) -> float:
    """What the proxy goes by; 0 where nothing is set."""
    text = stored.get(FIELD.name, "")
    return float(text) if is_fit(text) and adapter.transport() is None else 0.0
