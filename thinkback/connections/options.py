"""What the adapter's own fields may hold; all of it is kept as text."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from providers import Field
from thinkback.connections import addresses
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
        raise Invalid(**{field.name: f"{field.label} is one line of at most {LONGEST} plain (ASCII) characters."})
    value = value.strip()
    return value if not value else _fitting(field, value)


def checked_key(name: str, value: Any) -> str | None:
    """A key as pasted, without the space around it; None removes the stored one. Raises Invalid, naming the field."""
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise Invalid(**{name: "Paste the key, or give null to remove the stored one."})
    key: str = value.strip()
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Invalid(**{name: "This is not a whole key: it has line breaks or letters that keys do not have."})
    return key


def _fitting(field: Field, value: str) -> str:
    if field.kind == "choice" and value not in {choice for choice, _ in field.choices}:
        words = ", ".join(choice for choice, _ in field.choices)
        raise Invalid(**{field.name: f"{field.label} is one of: {words}."})
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
        raise Invalid(**{field.name: f"{field.label} is a number."})
    if field.whole is not None:
        low, high = field.whole
        if not value.isdigit() or not low <= number <= high:
            raise Invalid(**{field.name: f"{field.label} is a whole number from {low} to {high}."})


def _address(field: Field, value: str) -> str:
    try:
        return addresses.checked(value)
    except Invalid as error:
        raise Invalid(**{field.name: error.errors["base_url"]}) from error
