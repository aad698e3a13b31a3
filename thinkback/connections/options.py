"""What the adapter's own fields may hold; all of it is kept as text."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from providers import Field
from thinkback.connections import addresses
from thinkback.connections.adapter_words import said
from thinkback.connections.invalid import Invalid

LONGEST = 500
LONGEST_KEY = 20_000


def checked(field: Field, value: Any) -> str:
    """The value of one field as text, empty for none. Raises Invalid, naming the field."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        value = ""
    if not isinstance(value, str) or len(value) > LONGEST or not (value.isascii() and value.isprintable()):
        raise Invalid(
            **{
                field.name: _("%(label)s is one line of at most %(longest)s plain (ASCII) characters.")
                % {"label": said(field.label), "longest": LONGEST}
            }
        )
    value = value.strip()
    return value if not value else _fitting(field, value)


def checked_key(name: str, value: Any) -> str | None:
    """A key as pasted, without the space around it; None removes the stored one. Raises Invalid, naming the field."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise Invalid(**{name: _("Paste the key, or give null to remove the stored one.")})
    key: str = value.strip()
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid(**{name: _("This is not a whole key: it has line breaks or letters that keys do not have.")})
    return key


def _fitting(field: Field, value: str) -> str:
    if field.kind == "choice" and value not in {choice for choice, _ in field.choices}:
        words = ", ".join(choice or "nothing" for choice, _ in field.choices)
        raise Invalid(
            **{field.name: _("%(label)s is one of: %(words)s.") % {"label": said(field.label), "words": words}}
        )
    if field.kind == "number":
        _check_number(field, value)
    if field.kind == "url":
        return _address(field, value)
    return value


def _check_number(field: Field, value: str) -> None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Invalid(**{field.name: _("%(label)s is a number.") % {"label": said(field.label)}})
    if field.whole is not None:
        low, high = field.whole
        if not value.isdigit() or not low <= number <= high:
            raise Invalid(
                **{
                    field.name: _("%(label)s is a whole number from %(low)s to %(high)s.")
                    % {"label": said(field.label), "low": low, "high": high}
                }
            )


def _address(field: Field, value: str) -> str:
    try:
        return addresses.checked(value)
    except Invalid as error:
        raise Invalid(**{field.name: error.errors["base_url"]}) from error
