"""Services on this very machine that are found by themselves: for owner and administrators, for others where listed."""

from __future__ import annotations

from django.conf import settings

import providers
from providers import Adapter
from thinkback.accounts.models import User
from thinkback.connections.models import Connection
from thinkback.connections.targets import adapter_of, place_of, root_of


def adapters() -> list[Adapter]:
    """The kinds of services that are looked for, each at its usual address."""
    return [adapter for adapter in providers.available() if adapter.found_here]


def places() -> frozenset[str]:
    """Their addresses, as `host:port`."""
    return frozenset(place_of(adapter.base_url) for adapter in adapters())


def may_use(user: User, adapter: Adapter) -> bool:
    """Whether this user may reach such a service where it is looked for."""
    return user.is_staff or place_of(adapter.base_url) in settings.PRIVATE_UPSTREAMS


def is_here(row: Connection) -> bool:
    """Whether a configuration goes to the usual address of its kind on this machine."""
    adapter = adapter_of(row)
    return adapter is not None and adapter.found_here and place_of(root_of(row)) == place_of(adapter.base_url)


def is_open(row: Connection) -> bool:
    """Whether the guard lets the calls of this configuration through to this machine. May read the database."""
    return is_here(row) and row.user.is_staff
