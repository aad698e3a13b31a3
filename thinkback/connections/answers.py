"""What the JSON API tells of configurations: JSON-ready but for times. No answer ever holds a key."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import providers
from providers import Adapter, Field, Source
from thinkback import __version__
from thinkback.connections import allowances, caching, catalogue, limits, preferences, resilience
from thinkback.connections.models import Connection
from thinkback.connections.states import key_of, state_of
from thinkback.connections.targets import adapter_of, destination_of, root_of
from thinkback.usage.money import to_text
from thinkback.vault.keys import KeyStatus

SPEAKS = {
    "openai": "Speaks OpenAI’s format.",
    "anthropic": "Speaks Anthropic’s format.",
    "google": "Speaks Google’s format.",
}


def told(row: Connection) -> dict[str, Any]:
    """One configuration."""
    adapter = adapter_of(row)
    key = key_of(row)
    return {
        "slug": row.slug,
        "kind": row.kind,
        "label": adapter.label if adapter else row.kind,
        "name": row.name,
        "base_url": root_of(row),
        "host": destination_of(row),
        "format": row.format,
        "headers": row.headers,
        "options": row.options,
        "pins": row.pins,
        "default_model": row.default_model,
        "fallbacks": row.fallbacks,
        "enabled": row.enabled,
        "key": told_key(key),
        "state": state_of(row, key).name,
        "models_count": len(row.models),
        "models_fetched_at": row.models_fetched_at,
        "hidden_models": row.hidden_models,
        "favourite_models": row.favourite_models,
        "remaining": row.remaining or None,
        "rate_limits": allowances.told(row),
        "verified_at": row.verified_at,
        "failing_since": row.failing_since,
        "last_error": row.last_error,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def told_shared(row: Connection) -> dict[str, Any]:
    """One that the administrator shares: nothing of what only he needs to know."""
    known = told(row)
    hidden = {"key": {"present": True}, "state": "shared", "headers": {}, "options": {}, "pins": []}
    return {**known, **hidden, "created_at": None, "updated_at": None}


def told_key(key: KeyStatus | None) -> dict[str, Any]:
    """Whether there is a key, and how to recognise it."""
    if key is None:
        return {"present": False}
    return {
        "present": True,
        "last_four": key.last_four,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "readable": key.readable,
    }


def told_kind(adapter: Adapter) -> dict[str, Any]:
    """One kind of provider that can be added, and the package that brings it."""
    source = providers.source_of(adapter.kind) or Source("thinkback", __version__, adapter.description)
    return {
        "kind": adapter.kind,
        "label": adapter.label,
        "description": source.description or SPEAKS.get(adapter.wire_format, ""),
        "version": source.version,
        "package": source.name,
        "base_url": adapter.base_url,
        "key_url": adapter.key_url,
        "key_prefixes": list(adapter.key_prefixes),
        "needs_key": adapter.needs_key,
        "fields": [told_field(field) for field in fields_of(adapter)],
    }


def told_with_schema(adapter: Adapter) -> dict[str, Any]:
    """The same with its fields as a JSON Schema."""
    return {**told_kind(adapter), "schema": adapter.schema(*fields_of(adapter))}


def fields_of(adapter: Adapter) -> list[Field]:
    """The adapter's own fields, and those that every service on the network has."""
    groups = (resilience, limits, caching, preferences)
    return [field for group in groups for field in group.fields_of(adapter).values()]


def told_field(field: Field) -> dict[str, Any]:
    """One row of a form."""
    choices = [{"value": value, "label": label} for value, label in field.choices]
    return {**asdict(field), "choices": choices}


def told_model(entry: catalogue.Entry) -> dict[str, Any]:
    """One model; null where its provider does not say. Prices are those of one token."""
    price = None if entry.price is None else {name: to_text(usd) for name, usd in asdict(entry.price).items()}
    return {**asdict(entry), "label": entry.label or entry.id, "price": price}
