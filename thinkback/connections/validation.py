"""What a configuration may hold, for the JSON API and the pages alike: one question per column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers import Adapter, Field, Target
from thinkback.connections import addresses, caching, catalogue, chains, headers, limits, options, pins, resilience
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a change goes: the adapter, its fields by name, and the row so far (None = a new one)."""

    adapter: Adapter
    fields: Mapping[str, Field]
    row: Connection | None


def clean(adapter: Adapter, data: Mapping[str, Any], row: Connection | None) -> Change:
    """Everything in `data` checked. Raises Invalid with a sentence for each field at fault."""
    fields = {**caching.fields_of(adapter), **limits.fields_of(adapter), **resilience.fields_of(adapter)}
    place = Place(adapter, fields, row)
    change = Change()
    errors: dict[str, str] = {}
    nested = data.get("options", {})
    if not isinstance(nested, dict):
        raise Invalid(options="Options are an object of names and texts.")
    given = {**nested, **data}
    for name in given.keys() - ASIDE - {"options"}:
        try:
            _take(place, change, name, given[name])
        except Invalid as error:
            errors.update(error.errors)
    errors = {**_missing(place, change), **_unfit(place, change), **errors}
    if errors:
        raise Invalid(**errors)
    return change


def _take(place: Place, change: Change, name: str, value: Any) -> None:
    described = place.fields.get(name)
    if name == "api_key" or (described is not None and described.kind == "secret"):
        change.secrets[name] = options.checked_key(name, value)
    elif name in COLUMNS:
        change.columns[name] = COLUMNS[name](place, value)
    elif described is not None:
        before = change.columns.get("options", place.row.options if place.row else {})
        change.columns["options"] = {**before, name: _checked(described, value)}
    else:
        raise Invalid(**{name: f"{place.adapter.label} has no setting of this name."})


def _checked(described: Field, value: Any) -> str:
    return caching.checked(described, limits.checked(described, resilience.checked(described, value)))


def _missing(place: Place, change: Change) -> dict[str, str]:
    errors = {}
    for name, described in place.fields.items():
        if described.required and described.kind != "secret" and not (_value(place, change, name) or described.default):
            errors[name] = f"{described.label} is needed."
    if not place.adapter.base_url and place.adapter.transport() is None and not _value(place, change, "base_url"):
        errors["base_url"] = "Give the address of the service, like https://api.example.com/v1"
    return errors


def _unfit(place: Place, change: Change) -> dict[str, str]:
    if change.columns.get("pins") and str(_value(place, change, "base_url")).startswith("http://"):
        return {"pins": "Without https:// there is no certificate to pin."}
    options = change.columns.get("options", place.row.options if place.row else {})
    kind, url, format = place.adapter.kind, str(_value(place, change, "base_url")), str(_value(place, change, "format"))
    return place.adapter.faults(Target(kind, url, format, options=options))


def _value(place: Place, change: Change, name: str) -> Any:
    if name in COLUMNS:
        return change.columns.get(name, getattr(place.row, name, ""))
    return change.columns.get("options", place.row.options if place.row else {}).get(name, "")


def _name(place: Place, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME or not value.isprintable():
        raise Invalid(name=f"A name has 1 to {LONGEST_NAME} characters.")
    return value.strip()


def _base_url(place: Place, value: Any) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        raise Invalid(base_url="An address is a text.")
    if place.adapter.transport() is not None:
        raise Invalid(base_url=f"{place.adapter.label} answers by itself and has no address.")
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
        raise Invalid(format=f"{place.adapter.label} has a format of its own; only a custom provider chooses.")
    return options.checked(described, value)


def _headers(place: Place, value: Any) -> dict[str, str]:
    return headers.checked(value or {}, place.adapter)


def _pins(place: Place, value: Any) -> list[str]:
    if value and place.adapter.transport() is not None:
        raise Invalid(pins=f"{place.adapter.label} answers by itself and has no certificate.")
    return pins.checked(value)


def _model(place: Place, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_MODEL or not value.isprintable():
        raise Invalid(default_model=f"A model's name has at most {LONGEST_MODEL} characters.")
    return value.strip()


def _enabled(place: Place, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Invalid(enabled="Enabled is true or false.")
    return value


def _hidden(place: Place, value: Any) -> list[str]:
    return _ids("hidden_models", value)


def _models(place: Place, value: Any) -> list[dict[str, Any]]:
    return catalogue.by_hand(place.row, _ids("models", value))


def _ids(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > catalogue.MOST:
        raise Invalid(**{name: "Give a list of models' names."})
    for one in value:
        if not isinstance(one, str) or not one.strip() or len(one) > LONGEST_MODEL or not one.isprintable():
            raise Invalid(**{name: f"A model's name has 1 to {LONGEST_MODEL} characters."})
    return [one.strip() for one in value]


def _fallbacks(place: Place, value: Any) -> chains.Chain:
    return chains.read(value)


COLUMNS: dict[str, Callable[[Place, Any], Any]] = {
    "name": _name, "base_url": _base_url, "format": _format, "headers": _headers, "pins": _pins,
    "default_model": _model, "enabled": _enabled, "hidden_models": _hidden, "models": _models,
    "fallbacks": _fallbacks,
}  # fmt: skip
