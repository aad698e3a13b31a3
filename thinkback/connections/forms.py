"""A provider's settings form, drawn from its adapter's description. It shows and reads; `validation` decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from providers import Adapter, Field
from thinkback.connections import caching, chains, limits, pins, preferences, resilience
from thinkback.connections.adapter_words import said
from thinkback.connections.invalid import Invalid
from thinkback.connections.models import Connection
from thinkback.connections.slugs import CUSTOM
from thinkback.connections.targets import place_of

NAME = Field("name", "Name", required=True)
ADDRESS = Field("base_url", "Base URL", "url")
MODEL = Field("default_model", "Default model", help="Chosen first in a new chat, and tried by the connection test.")
HEADERS = Field("headers", "Extra headers", "headers")
SPARE_HEADERS = 2  # empty rows, for those without scripts
SPARE_FALLBACKS = 1
MAIN = ("name", "api_key", "format")  # in sight; the rest is folded away unless it is required


class ProviderForm(forms.Form):
    """The form of one kind of provider; bound to `data`, or filled from `row`."""

    def __init__(self, adapter: Adapter, row: Connection | None = None, data: QueryDict | None = None) -> None:
        self.adapter = adapter
        self.row = row
        self.described = {field.name: field for field in described(adapter)}
        self.header_errors: list[str] = []
        self.fallback_errors: list[str] = []
        self.most_fallbacks = chains.MOST
        self.fallback_choices: list[Connection] = []  # to choose from; filled in by who knows the user
        self.sent = data if data is not None else QueryDict()
        super().__init__(data, initial=self._initial(), auto_id="field-%s")
        for field in self.described.values():
            if field.kind != "headers":
                self.fields[field.name] = form_field(field, adapter)

    def full_clean(self) -> None:
        """Nothing of Django's own: pages and JSON API share one validation, whose errors `refuse` puts in."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

    def refuse(self, error: Invalid) -> None:
        """Show what is wrong at the fields at fault."""
        for name, message in error.errors.items():
            if name == "headers":
                self.header_errors.append(message)
            if name == "fallbacks":
                self.fallback_errors.append(message)
            self.add_error(name if name in self.fields else None, message)

    def given(self) -> dict[str, Any]:
        """What was sent, as the JSON API would be sent it. An empty key means: leave the stored one."""
        data: dict[str, Any] = {}
        for name, field in self.described.items():
            value = self.sent.get(name, "")
            if field.kind == "headers":
                data["headers"] = self._given_headers()
            elif name == pins.FIELD.name:
                data |= self._given_pins(value)
            elif value or field.kind != "secret":
                data[name] = value
        if self.has_headers:
            data["fallbacks"] = [{"slug": slug, "model": model} for slug, model in self._sent_fallbacks() if slug]
        if self.sent.get("confirm_host_change"):
            data["confirm_host_change"] = True
        return data

    def header_rows(self) -> list[tuple[str, str]]:
        """Names and values of the extra headers, and a few empty rows."""
        rows = self._sent_headers() if self.is_bound else list(self.initial["headers"].items())
        return [*rows, *[("", "")] * SPARE_HEADERS]

    def fallback_rows(self) -> list[tuple[str, str]]:
        """Slugs and models of the fallbacks, and an empty row while there is room."""
        stored = [] if self.row is None else [(one["slug"], one["model"] or "") for one in self.row.fallbacks]
        rows = [row for row in self._sent_fallbacks() if row[0]] if self.is_bound else stored
        return [*rows, *[("", "")] * SPARE_FALLBACKS][: chains.MOST]

    @property
    def fallback_slugs(self) -> set[str]:
        """The slugs that can be chosen."""
        return {row.slug for row in self.fallback_choices}

    @property
    def has_headers(self) -> bool:
        """Whether extra headers make sense: not for a provider that answers by itself."""
        return "headers" in self.described

    @property
    def has_key(self) -> bool:
        """Whether this kind of provider takes a key."""
        return "api_key" in self.fields

    @property
    def key_field(self) -> forms.BoundField:
        """The field of the key, which is never filled in."""
        return self["api_key"]

    @property
    def default_host(self) -> str:
        """Where text goes unless another base URL is given."""
        return place_of(self.adapter.base_url)

    @property
    def more_has_errors(self) -> bool:
        """Whether something in the fold is wrong, so that it must stand open."""
        return bool(self.header_errors or self.fallback_errors) or any(field.errors for field in self.more())

    def main(self) -> list[forms.BoundField]:
        """The fields in sight, but for the key, which stands apart."""
        return [self[name] for name in self.fields if self._is_main(name) and name != "api_key"]

    def more(self) -> list[forms.BoundField]:
        """The fields that are folded away."""
        return [self[name] for name in self.fields if not self._is_main(name)]

    def _is_main(self, name: str) -> bool:
        field = self.described[name]
        return name in MAIN or field.required or (name == "base_url" and not self.adapter.base_url)

    def _initial(self) -> dict[str, Any]:
        row = self.row
        if row is None:
            defaults = {field.name: field.default for field in self.described.values() if field.kind != "url"}
            return {**defaults, "name": "" if self.adapter.kind == CUSTOM else self.adapter.label, "headers": {}}
        columns = ("name", "base_url", "format", "default_model", "headers")
        needed = {field.name: field.default for field in self.described.values() if field.required and field.default}
        return {**needed, **row.options, "pins": " ".join(row.pins), **{name: getattr(row, name) for name in columns}}

    def _sent_headers(self) -> list[tuple[str, str]]:
        names, values = (self.sent.getlist(name) for name in ("header_name", "header_value"))
        return [(name, value) for name, value in zip(names, values, strict=False) if name or value]

    def _sent_fallbacks(self) -> list[tuple[str, str]]:
        slugs, models = (self.sent.getlist(name) for name in ("fallback_slug", "fallback_model"))
        return list(zip(slugs, models, strict=False))

    def _given_pins(self, text: str) -> dict[str, list[str]]:
        """Those that differ from the stored ones: what was not touched goes when the host changes."""
        given = pins.split(text)
        return {} if self.row is not None and given == self.row.pins else {"pins": given}

    def _given_headers(self) -> dict[str, str]:
        return {name.strip(): value for name, value in self._sent_headers()}


def described(adapter: Adapter) -> list[Field]:
    """The adapter's own fields after the name, with those that every service on the network has."""
    fields = {field.name: field for field in (NAME, *adapter.fields())}
    patience = (*resilience.FIELDS, *limits.FIELDS, caching.FIELD)
    everywhere = (ADDRESS, MODEL, *preferences.FIELDS, HEADERS, pins.FIELD, *patience)
    usual = (MODEL,) if adapter.transport() is not None else everywhere
    for field in usual:
        fields.setdefault(field.name, field)
    return list(fields.values())


def form_field(field: Field, adapter: Adapter) -> forms.Field:
    """The form field for one row of the description."""
    common: dict[str, Any] = {"label": said(field.label), "help_text": said(field.help), "required": field.required}
    attrs: dict[str, Any] = {"autocomplete": "off"}
    if field.kind == "secret":
        common |= {
            "required": adapter.needs_key,
            "help_text": "" if field.help == f"From {adapter.key_url}" else said(field.help),
        }
        hint = f"{adapter.key_prefixes[0]}…" if adapter.key_prefixes else ""
        attrs |= {"placeholder": hint, "spellcheck": "false", "class": "mono"}
        return forms.CharField(widget=forms.PasswordInput(attrs), **common)
    if field.kind == "choice":
        return forms.ChoiceField(choices=[(value, said(label)) for value, label in field.choices], **common)
    if field.kind == "url":
        attrs |= {"inputmode": "url", "spellcheck": "false", "class": "mono"}
        if field.name == ADDRESS.name:
            attrs["placeholder"] = adapter.base_url or "https://api.example.com/v1"
            common["required"] = field.required or not adapter.base_url
    if field.kind == "number":
        attrs["inputmode"] = "decimal"
    return forms.CharField(widget=forms.TextInput(attrs), **common)
