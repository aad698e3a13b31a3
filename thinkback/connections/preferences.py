"""What goes with every call of a configuration where a chat or program leaves it open; kept as its options."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from providers import Adapter, Field
from proxy.call import Preferences
from thinkback.connections.adapter_words import said
from thinkback.connections.invalid import Invalid
from thinkback.connections.models import Connection

HOTTEST = Decimal(2)
MOST_TOKENS = 1_000_000
FIELDS = (
    Field(
        "always_default", "Models", "choice", choices=(("", "Any of its models"), ("on", "Always the default model")),
        help="With “always”, whatever model a chat or program names, the default model answers.",
    ),
    Field(
        "temperature", "Temperature", "number",
        help="From 0 to 2, for chats and the unified API where they set none. Empty: the provider's own.",
    ),
    Field(
        "max_tokens", "Maximum tokens", "number",
        help="Of an answer, for chats and the unified API where they set none. Empty: the provider's own.",
    ),
)  # fmt: skip


def fields_of(adapter: Adapter) -> dict[str, Field]:
    """These fields by name; none for what answers by itself."""
    return {} if adapter.transport() is not None else {field.name: field for field in FIELDS}


def checked(field: Field, text: str) -> str:
    """The text of any field. Raises Invalid for a value that makes no sense."""
    if text and field in FIELDS[1:] and not is_fit(field.name, text):
        allowed = (
            _("a whole number from 1 to %(most)s") % {"most": MOST_TOKENS}
            if field.name == "max_tokens"
            else _("a number from 0 to 2")
        )
        raise Invalid(**{field.name: _("%(label)s: %(allowed)s.") % {"label": said(field.label), "allowed": allowed}})
    return text


def is_fit(name: str, text: str) -> bool:
    """Whether a number makes sense."""
    if name == "max_tokens":
        return text.isascii() and text.isdigit() and len(text) < 20 and 1 <= int(text) <= MOST_TOKENS
    try:
        return 0 <= Decimal(text) <= HOTTEST
    except InvalidOperation:
        return False


def of(row: Connection) -> Preferences:
    """What the proxy goes by."""
    stored: Mapping[str, str] = row.options
    temperature, most = stored.get("temperature", ""), stored.get("max_tokens", "")
    return Preferences(
        temperature=float(temperature) if is_fit("temperature", temperature) else None,
        max_tokens=int(most) if is_fit("max_tokens", most) else None,
        only_model=row.default_model if stored.get("always_default") == "on" else "",
    )
