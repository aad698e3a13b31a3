"""What a configuration may hold, for the JSON API and the pages alike: one question per column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from providers import Adapter, Field, ProviderError, Target
from thinkback.connections import (
    addresses,
    caching,
    catalogue,
    chains,
    headers,
    limits,
    options,
    pins,
    preferences,
    resilience,
)
from thinkback.connections.adapter_words import said
from thinkback.connections.invalid import Invalid
from thinkback.connections.models import Connection

ASIDE = frozenset({"kind", "slug", "confirm_host_change"})  # looked at by the caller
LONGEST_NAME = 100
LONGEST_MODEL = 200


@dataclass(slots=True)
class Change:
    """What to store: columns of the row by name, and keys for the vault (None = remove) by field."""

    columns: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str | None] = field(default_factory=dict, repr=False)
    told: Mapping[str, str] = field(default_factory=dict)  # settings that a new key tells by itself


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change goes: the adapter, its fields by name, and the row so far (None = a new one)."""

    adapter: Adapter
    fields: Mapping[str, Field]
    row: Connection | None


def clean(adapter: Adapter, data: Mapping[str, Any], row: Connection | None) -> Change:
    """Everything in `data` checked. Raises Invalid with a sentence for each field at fault."""
    fields: dict[str, Field] = {}
    for group in (preferences, caching, limits, resilience):
        fields |= group.fields_of(adapter)
    place = Place(adapter, fields, row)
    change = Change()
    errors: dict[str, str] = {}
    nested = data.get("options", {})
    if not isinstance(nested, dict):
        raise Invalid(options=_("Options are an object of names and texts."))
    given = {**nested, **data}
    for name in given.keys() - ASIDE - {"options"}:
        try:
            _take(place, change, name, given[name])
        except Invalid as error:
            errors.update(error.errors)
    _fill_in(place, change)
    errors = {**_missing(place, change), **_unfit(place, change), **errors}
    if errors:
        raise Invalid(**errors)
    return change


def _take(place: Place, change: Change, name: str, value: Any) -> None:
    described = place.fields.get(name)
    if name == "api_key" or (described is not None and described.kind == "secret"):
        _take_secret(place, change, name, value)
    elif name in COLUMNS:
        change.columns[name] = COLUMNS[name](place, value)
    elif described is not None:
        before = change.columns.get("options", place.row.options if place.row else {})
        change.columns["options"] = {**before, name: _checked(described, value)}
    else:
        raise Invalid(**{name: _("%(label)s has no setting of this name.") % {"label": place.adapter.label}})


def _fill_in(place: Place, change: Change) -> None:
    """What a new key tells stands where the user left a setting empty."""
    for name, value in change.told.items():
        if not _value(place, change, name):
            before = change.columns.get("options", place.row.options if place.row else {})
            change.columns["options"] = {**before, name: value}


def _take_secret(place: Place, change: Change, name: str, value: Any) -> None:
    """A new secret, with the settings that it tells by itself."""
    told: Mapping[str, str] = {}
    if isinstance(value, str) and value.strip():
        try:
            value, told = place.adapter.pasted(value.strip())
        except ProviderError as error:
            raise Invalid(**{name: error.message}) from error
    change.secrets[name] = options.checked_key(name, value)
    change.told = told


def _checked(described: Field, value: Any) -> str:
    text = resilience.checked(described, value)
    for group in (limits, caching, preferences):
        text = group.checked(described, text)
    return text


def _missing(place: Place, change: Change) -> dict[str, str]:
    errors = {}
    for name, described in place.fields.items():
        if described.required and described.kind != "secret" and not (_value(place, change, name) or described.default):
            errors[name] = _("%(label)s is needed.") % {"label": said(described.label)}
    if not place.adapter.base_url and place.adapter.transport() is None and not _value(place, change, "base_url"):
        errors["base_url"] = _("Give the address of the service, like https://api.example.com/v1")
    return errors


def _unfit(place: Place, change: Change) -> dict[str, str]:
    if change.columns.get("pins") and str(_value(place, change, "base_url")).startswith("http://"):
        return {"pins": _("Without https:// there is no certificate to pin.")}
    if _value(place, change, "always_default") and not _value(place, change, "default_model"):
        return {"always_default": _("Choose the default model first.")}
    options = change.columns.get("options", place.row.options if place.row else {})
    kind, url, format = place.adapter.kind, str(_value(place, change, "base_url")), str(_value(place, change, "format"))
    return place.adapter.faults(Target(kind, url, format, options=options))


def _value(place: Place, change: Change, name: str) -> Any:
    if name in COLUMNS:
        return change.columns.get(name, getattr(place.row, name, ""))
    return change.columns.get("options", place.row.options if place.row else {}).get(name, "")


def _name(place: Place, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME or not value.isprintable():
        raise Invalid(name=_("A name has 1 to %(longest_name)s characters.") % {"longest_name": LONGEST_NAME})
    return value.strip()


def _base_url(place: Place, value: Any) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise Invalid(base_url=_("An address is a text."))
    if place.adapter.transport() is not None:
        raise Invalid(base_url=_("%(label)s answers by itself and has no address.") % {"label": place.adapter.label})
    if is_default(value, place.adapter):
        return ""
    url = addresses.checked(value)
    return "" if url == place.adapter.base_url.rstrip("/") else url


def is_default(url: str, adapter: Adapter) -> bool:
    """Whether an address is the one that the adapter goes to anyway; this machine has two names."""
    url = url.strip().rstrip("/").replace("//localhost:", "//127.0.0.1:")
    return url == adapter.base_url.rstrip("/") != ""


def _format(place: Place, value: Any) -> str:
    described = place.fields.get("format")
    if value in (None, ""):
        return described.default if described else ""
    if described is None:
        raise Invalid(
            format=_("%(label)s has a format of its own; only a custom provider chooses.")
            % {"label": place.adapter.label}
        )
    return options.checked(described, value)


def _headers(place: Place, value: Any) -> dict[str, str]:
    return headers.checked(value or {}, place.adapter)


def _pins(place: Place, value: Any) -> list[str]:
    if value and place.adapter.transport() is not None:
        raise Invalid(pins=_("%(label)s answers by itself and has no certificate.") % {"label": place.adapter.label})
    return pins.checked(value)


def _model(place: Place, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_MODEL or not value.isprintable():
        raise Invalid(
            default_model=_("A model's name has at most %(longest_model)s characters.")
            % {"longest_model": LONGEST_MODEL}
        )
    return value.strip()


def _enabled(place: Place, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(enabled=_("Enabled is true or false."))
    return value


def _hidden(place: Place, value: Any) -> list[str]:
    return _ids("hidden_models", value)


def _favourites(place: Place, value: Any) -> list[str]:
    return _ids("favourite_models", value)


def _models(place: Place, value: Any) -> list[dict[str, Any]]:
    return catalogue.by_hand(place.row, _ids("models", value))


def _ids(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > catalogue.MOST:
        raise Invalid(**{name: _("Give a list of models' names.")})
    for one in value:
        if not isinstance(one, str) or not one.strip() or len(one) > LONGEST_MODEL or not one.isprintable():
            raise Invalid(
                **{name: _("A model's name has 1 to %(longest_model)s characters.") % {"longest_model": LONGEST_MODEL}}
            )
    return [one.strip() for one in value]


def _fallbacks(place: Place, value: Any) -> chains.Chain:
    return chains.read(value)


COLUMNS: dict[str, Callable[[Place, Any], Any]] = {
    "name": _name, "base_url": _base_url, "format": _format, "headers": _headers, "pins": _pins,
    "default_model": _model, "enabled": _enabled, "hidden_models": _hidden, "models": _models,
    "fallbacks": _fallbacks, "favourite_models": _favourites,
}  # fmt: skip
