"""How patient and how stubborn a configuration is: settings of every provider on the network, kept as its options."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from providers import Adapter, Field
from thinkback.connections import options
from thinkback.connections.adapter_words import said
from thinkback.connections.invalid import Invalid

FIELDS = (
    Field("connect_timeout", "Connect timeout", "number", help="Seconds until the service takes the call; usually 10."),
    Field(
        "first_byte_timeout", "First byte timeout", "number",
        help="Seconds until the first word of an answer; usually 600, since models may think for long.",
    ),
    Field("idle_timeout", "Idle timeout", "number", help="Seconds of silence inside an answer; usually 300."),
    Field("total_timeout", "Total timeout", "number", help="Seconds for a whole answer; usually 3600."),
    Field(
        "drain_seconds", "Read on after leaving", "number",
        help="Seconds that a stream is read to its end after its reader left, so that its exact cost is known; usually "
        "0: it is broken off at once. The stream counts as open meanwhile.",
    ),
    Field(
        "retries", "Retries", "number",
        help="How often a call that failed for a passing reason is made again: 0 to 2; usually 2.",
    ),
    Field(
        "retry_after_send", "Retry after a break", "choice",
        choices=(("", "No"), ("on", "Yes, even if it may be billed twice")),
        help="Make a call again whose connection broke, or timed out, after it was sent.",
    ),
)  # fmt: skip
BOUNDS = {
    "connect_timeout": (Decimal("0.1"), Decimal(60)),
    "first_byte_timeout": (Decimal("0.1"), Decimal(3600)),
    "idle_timeout": (Decimal("0.1"), Decimal(3600)),
    "total_timeout": (Decimal("0.1"), Decimal(86_400)),
    "drain_seconds": (Decimal(0), Decimal(60)),
}
MOST_RETRIES = 2


def fields_of(adapter: Adapter) -> dict[str, Field]:
    """The adapter's own fields and, unless it answers by itself, these; by name."""
    fields = {} if adapter.transport() is not None else {field.name: field for field in FIELDS}
    return fields | {field.name: field for field in adapter.fields()}


def checked(field: Field, value: Any) -> str:
    """The value of any field as text. Raises Invalid, naming the field."""
    text = options.checked(field, value)
    if text and field in FIELDS and not is_fit(field.name, text):
        raise Invalid(
            **{
                field.name: _("%(label)s is %(range_of)s.")
                % {"label": said(field.label), "range_of": range_of(field.name)}
            }
        )
    return text


def is_fit(name: str, text: str) -> bool:
    """Whether a setting has a value that makes sense."""
    if name == "retries":
        return text in {str(number) for number in range(MOST_RETRIES + 1)}
    if name not in BOUNDS:
        return True
    low, high = BOUNDS[name]
    try:
        return low <= Decimal(text) <= high
    except InvalidOperation:
        return False


def range_of(name: str) -> str:
    """What is allowed, in words."""
    if name == "retries":
        return _("a whole number from 0 to %(most)s") % {"most": MOST_RETRIES}
    low, high = BOUNDS[name]
    return _("a number of seconds from %(low)s to %(high)s") % {"low": low, "high": high}


def settings_of(adapter: Adapter, stored: Mapping[str, str]) -> dict[str, Any]:
    """The settings as fields of the proxy's Connection; what is not set, or makes no sense, is left to its default."""
    if adapter.transport() is not None:
        return {"retries": 0}  # what answers by itself says the same again
    given = {name: text for name, text in stored.items() if text and is_fit(name, text)}
    found: dict[str, Any] = {name: float(given[name]) for name in BOUNDS if name in given}
    if "retries" in given:
        found["retries"] = int(given["retries"])
    return {**found, "retry_after_send": given.get("retry_after_send") == "on"}
