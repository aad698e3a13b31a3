"""Numbers as the reader's language writes them: "1,234.5", "1.234,5"."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format


def whole(number: int) -> str:
    """With marks between the thousands."""
    return number_format(number, force_grouping=True)


def decimal(number: Decimal | float | str, places: int | None = None) -> str:
    """Rounded to `places` digits; all there are, where none is given."""
    text = number if places is None else f"{number:.{places}f}"
    return number_format(text, force_grouping=True)
