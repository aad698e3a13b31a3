"""What is left of an account's money, for the services that tell it: where to ask, and how to read the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from providers._base import Adapter, Exchange
from providers._failures.errors import InvalidRequest
from providers._json import decode_object
from providers._reading.counts import LARGEST, inner


@dataclass(frozen=True, slots=True)
class Remaining:
    """An amount, its currency (ISO 4217; empty where the service leaves it open), and what the service calls it."""

    amount: Decimal
    currency: str
    words: str


Read = Callable[[Mapping[str, Any]], Remaining | None]


@dataclass(frozen=True, slots=True)
class BalanceQuestion:
    """Where a service tells what is left, and how its answer is read."""

    path: str
    reader: Read

    def exchange(self) -> Exchange:
        """The request."""
        return Exchange("GET", self.path)

    def read(self, body: bytes) -> Remaining | None:
        """What is left; None where the account has no limit. Raises InvalidRequest for an answer of another form."""
        document = decode_object(body)
        if not document:
            raise InvalidRequest("The service did not tell its balance.", code="no_balance")
        return self.reader(document)


def balance_of(adapter: Adapter) -> BalanceQuestion | None:
    """How to ask this service what is left; None for one that does not tell."""
    found = getattr(adapter, "balance", None)
    return found if isinstance(found, BalanceQuestion) else None


def amount(value: Any) -> Decimal | None:
    """A sum of money, written as a number or as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


def stated(holder: Mapping[str, Any], field: str, currency: str, words: str) -> Remaining | None:
    """What this field of an answer states."""
    sum_left = amount(holder.get(field))
    return None if sum_left is None else Remaining(sum_left, currency, words)


def plain(document: Mapping[str, Any]) -> Remaining | None:
    """`{"balance": 12.5}` in US dollars. Kilo's gateway, Vercel's AI Gateway (as text)."""
    return stated(document, "balance", "USD", "balance")


def openrouter(document: Mapping[str, Any]) -> Remaining | None:
    """What the key may still spend; null for a key without a limit. OpenRouter's API reference, "Get current key"."""
    return stated(inner(document, "data"), "limit_remaining", "USD", "limit remaining")


def moonshot(document: Mapping[str, Any]) -> Remaining | None:
    """Cash and vouchers, in the currency of the site that the account is of. Moonshot's API reference, "Balance"."""
    return stated(inner(document, "data"), "available_balance", "", "available balance")


def deepseek(document: Mapping[str, Any]) -> Remaining | None:
    """One sum a currency; dollars first. DeepSeek's API reference, "Get user balance"."""
    infos = document.get("balance_infos")
    rows = [row for row in infos if isinstance(row, Mapping)] if isinstance(infos, list) else []
    for row in sorted(rows, key=lambda row: row.get("currency") != "USD"):
        currency = row.get("currency")
        known = isinstance(currency, str) and currency in ("USD", "CNY")
        found = stated(row, "total_balance", str(currency) if known else "", "total balance")
        if found is not None:
            return found
    return None
