"""How a token is asked for, and shown, in JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime

from thinkback import lower_limits
from thinkback.accounts import tokens
from thinkback.accounts.models import ApiToken

T = TypeVar("T")
FIELDS = ("name", "scopes", "origins", "expires_at", "limits")


def row(token: ApiToken) -> dict[str, Any]:
    """A token as lists show it, without its text."""
    return {
        "id": token.pk,
        "name": token.name,
        "last_four": token.last_four,
        "scopes": token.scopes,
        "origins": token.origins,
        "limits": token.limits,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
        "expires_at": token.expires_at,
    }


def wish_of(data: dict[str, Any], maker: ApiToken | None) -> tokens.Wish:
    """Read what was asked for. Raises ValidationError by field; a field that is not known is one, so that no typing
    error makes a token wider than it was meant.
    """
    if unknown := sorted(set(data) - set(FIELDS)):
        raise ValidationError({unknown[0]: f"This field is not known. There are {', '.join(FIELDS)}."})
    usual = [scope for scope in tokens.USUAL if maker is None or scope in maker.scopes]
    wish = tokens.Wish(
        name=_field("name", tokens.valid_name, data.get("name")),
        scopes=_field("scopes", tokens.valid_scopes, _items("scopes", data.get("scopes", usual))),
        origins=_field("origins", tokens.valid_origins, _items("origins", data.get("origins", []))),
        expires_at=_field("expires_at", tokens.valid_expiry, _moment(data.get("expires_at"))),
        limits=_field("limits", lower_limits.checked, data.get("limits", {})),
    )
    return wish if maker is None else tokens.within(wish, maker)


def _field(name: str, check: Callable[[Any], T], value: object) -> T:
    try:
        return check(value)
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from None


def _items(name: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValidationError({name: "This must be a list."})
    return value


def _moment(value: object) -> datetime | None:
    """ISO 8601 with its offset from UTC."""
    if value is None:
        return None
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValidationError({"expires_at": "Write the moment like 2030-01-31T12:00:00Z."})
    return moment
