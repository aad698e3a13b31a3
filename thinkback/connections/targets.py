"""A row of ours, as the providers and the proxy know it."""

from __future__ import annotations

from urllib.parse import urlsplit

import providers
from providers import Adapter, Target
from proxy import call
from thinkback.connections import caching, limits, preferences, resilience
from thinkback.connections.models import Connection
from thinkback.vault.keys import Binding


def adapter_of(row: Connection) -> Adapter | None:
    """The adapter of this row's kind; None when it is no longer installed."""
    try:
        return providers.get(row.kind)
    except KeyError:
        return None


def root_of(row: Connection) -> str:
    """The base URL in force: the row's own or the adapter's default; empty when neither states one."""
    adapter = adapter_of(row)
    return row.base_url or (adapter.base_url if adapter else "")


def place_of(url: str) -> str:
    """The host that text goes to, with its port where it is not the usual one; empty for no URL."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def destination_of(row: Connection) -> str:
    """The host that this row's text goes to; empty where it stays on this server."""
    adapter = adapter_of(row)
    if adapter is None:
        return place_of(row.base_url)
    target = target_of(row)
    return "" if adapter.transport() is not None else place_of(adapter.wire(target).root(target))


def target_of(row: Connection) -> Target:
    """Where this row points."""
    return Target(row.kind, root_of(row), row.format, dict(row.headers), dict(row.options))


def ref_of(row: Connection) -> str:
    """The name of this row in the vault."""
    return f"connection:{row.pk}"


def binding_of(row: Connection, field: str = "api_key") -> Binding:
    """What a key of this row is bound to: its owner, kind and host."""
    return Binding(row.user_id, row.kind, places_of(row), ref_of(row), field)


def places_of(row: Connection) -> tuple[str, ...]:
    """The hosts that its key may go to."""
    adapter = adapter_of(row)
    return () if adapter is None else bound_places(adapter, target_of(row))


def bound_places(adapter: Adapter, target: Target) -> tuple[str, ...]:
    """The hosts that a key is bound to: that of the address, and where a setting sends it for a token."""
    sign_in = adapter.sign_in_url(target)
    return (place_of(target.base_url), *([place_of(sign_in)] if sign_in else []))


def connection_of(row: Connection, *, has_key: bool) -> call.Connection | None:
    """The row as the proxy needs it; None when its adapter is no longer installed."""
    adapter = adapter_of(row)
    if adapter is None:
        return None
    target = target_of(row)
    settings = {**resilience.settings_of(adapter, target.options), "limits": limits.limits_of(target.options)}
    settings["cache_seconds"] = caching.seconds_of(adapter, target.options)
    settings["pins"], settings["preferences"] = tuple(row.pins), preferences.of(row)
    wired = adapter.wire(target)
    fallbacks = tuple(call.Fallback(one["slug"], one["model"]) for one in row.fallbacks)
    return call.Connection(
        row.pk, row.user_id, row.slug, row.name, target, wired, row.enabled, has_key, fallbacks=fallbacks, **settings
    )
