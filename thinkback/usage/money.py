"""Money: whole pico-dollars inside, decimal strings at the edge, and how it is shown."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

from django.utils.translation import gettext as _

from thinkback.languages.numbers import decimal

PICO = Decimal(10) ** 12
MOST = Decimal(9_000_000)  # US dollars; what a BIGINT of pico-dollars can hold
UNKNOWN = "—"

_CONTEXT = Context(prec=60)


def to_pico(dollars: Decimal | None) -> int | None:
    """Whole pico-dollars, rounded half to even; None for unknown and for what does not fit."""
    if dollars is None or not dollars.is_finite() or abs(dollars) > MOST:
        return None
    return int(_CONTEXT.multiply(dollars, PICO).to_integral_value(ROUND_HALF_EVEN))


def to_dollars(pico: int | None) -> Decimal | None:
    """Exact US dollars."""
    return None if pico is None else Decimal(pico).scaleb(-12, _CONTEXT)


def to_text(dollars: Decimal | None) -> str | None:
    """An exact decimal string without exponent or trailing zeros ("0.0544"), for JSON and CSV; None for unknown."""
    if dollars is None:
        return None
    text = f"{dollars:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def shown(dollars: Decimal | None) -> str:
    """For people: "$1,234.50", below a cent four significant digits ("$0.0001235"), unknown "—"."""
    if dollars is None:
        return UNKNOWN
    if dollars == 0:
        return _dollars("", decimal(0, 2))
    sign, size = ("-" if dollars < 0 else ""), abs(dollars)
    if size >= Decimal("0.01"):
        return _dollars(sign, decimal(size, 2))
    return _dollars(sign, decimal(_plain(Context(prec=4).create_decimal(size))))


def _plain(size: Decimal) -> str:
    return f"{size:f}".rstrip("0")


def _dollars(sign: str, amount: str) -> str:
    return sign + _("$%(amount)s") % {"amount": amount}
