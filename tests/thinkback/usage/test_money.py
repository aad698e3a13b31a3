"""Money goes in and comes out unchanged, and is shown as people read it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.thinkback.usage.conftest import an_attempt
from thinkback.accounts.models import User
from thinkback.usage.models import Attempt
from thinkback.usage.money import shown, to_dollars, to_pico, to_text


def test_money_survives_the_database(alice: User) -> None:
    amount = Decimal("1234567.123456789012")
    stored = Attempt.objects.get(pk=an_attempt(alice, cost_usd=amount).pk)
    assert to_text(to_dollars(stored.cost_pico)) == "1234567.123456789012"


@given(st.integers(min_value=-9_000_000 * 10**12, max_value=9_000_000 * 10**12))
def test_every_number_of_pico_dollars_comes_back(pico: int) -> None:
    dollars = to_dollars(pico)
    assert to_pico(dollars) == pico
    text = to_text(dollars)
    assert text is not None
    assert to_pico(Decimal(text)) == pico
    assert "E" not in text


def test_a_million_tiny_amounts_add_up() -> None:
    assert to_dollars(10**6 * (to_pico(Decimal("0.00000015")) or 0)) == Decimal("0.15")


@pytest.mark.parametrize("nonsense", ["NaN", "Infinity", "1e400", "9000001"])
def test_what_is_no_amount_is_unknown(nonsense: str) -> None:
    assert to_pico(Decimal(nonsense)) is None
    assert to_pico(None) is None
    assert to_text(None) is None


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "—"),
        ("0", "$0.00"),
        ("0.000000000001", "$0.000000000001"),
        ("0.00012345678", "$0.0001235"),
        ("0.0035", "$0.0035"),
        ("0.00999", "$0.00999"),
        ("0.0099999", "$0.01"),
        ("0.01", "$0.01"),
        ("0.0544", "$0.05"),
        ("12.345", "$12.34"),
        ("1234567.891", "$1,234,567.89"),
        ("-0.5", "-$0.50"),
    ],
)
def test_money_as_people_read_it(amount: str | None, text: str) -> None:
    assert shown(None if amount is None else Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "text"), [("0", "0"), ("100", "100"), ("0.0544", "0.0544"), ("1E+2", "100"), ("0E-12", "0")]
)
def test_money_as_programs_read_it(amount: str, text: str) -> None:
    assert to_text(Decimal(amount)) == text
