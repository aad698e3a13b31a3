"""Providers that the administrator shares by the configuration file: in memory alone, their keys as well.

For their users they are configurations like their own, which nobody can change, and whose keys nobody is shown. Each
user's breakers, limits and records stay his own. A configuration of a user's own of the same name goes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zlib import crc32

from django.utils import timezone

from providers import Model, Target
from thinkback.accounts.models import User
from thinkback.connections import catalogue
from thinkback.connections.models import Connection
from thinkback.connections.targets import root_of


class Withdrawn(LookupError):
    """The file names another host for this provider now, or none at all."""


@dataclass(frozen=True, slots=True)
class Shared:
    """One provider: columns of a row, the key, and the names or e-mail addresses of those who may use it."""

    slug: str
    kind: str
    columns: Mapping[str, Any]
    users: frozenset[str] = frozenset()  # none: everybody
    key: str | None = field(default=None, repr=False)

    def __hash__(self) -> int:
        return hash((self.slug, self.kind))

    @property
    def number(self) -> int:
        """Its id: below 0, where no row has one."""
        return -1 - crc32(self.slug.encode())

    def is_for(self, user: User) -> bool:
        """Whether this user may use it."""
        return not self.users or not self.users.isdisjoint({user.username.lower(), user.email.lower()} - {""})

    def row(self, user_id: int) -> Connection:
        """It as a row of this user, which is never saved."""
        return Connection(pk=self.number, user_id=user_id, slug=self.slug, kind=self.kind, **self.columns)


class SharedProviders:
    """Those in force, and the models that their services list."""

    def __init__(self) -> None:
        self.known: Mapping[str, Shared] = {}
        self.fetched: dict[Shared, tuple[datetime, list[dict[str, Any]]]] = {}

    def set(self, found: Mapping[str, Shared]) -> None:
        """Have these, from now on."""
        self.known = found
        self.fetched = {shared: listed for shared, listed in self.fetched.items() if shared in found.values()}

    def learn(self, shared: Shared, models: list[Model]) -> None:
        """Keep the models that its service lists."""
        self.fetched[shared] = timezone.now(), catalogue.after_fetch(Connection(), models)

    def rows(self, user_id: int) -> list[Connection]:
        """Those that this user may use and has no configuration of his own beside. Reads the database."""
        if not self.known:
            return []
        user = User.objects.filter(pk=user_id).first()
        if user is None:
            return []
        own = set(Connection.objects.filter(user_id=user_id).values_list("slug", flat=True))
        return [self._row(one, user) for one in self.known.values() if one.slug not in own and one.is_for(user)]

    def find(self, user_id: int, slug: str) -> Connection | None:
        """The one of this name, where this user may use it. Reads the database."""
        shared = self.known.get(slug)
        if shared is None:
            return None
        user = User.objects.filter(pk=user_id).first()
        return self._row(shared, user) if user is not None and shared.is_for(user) else None

    def key_for(self, slug: str, target: Target) -> str | None:
        """Its key, for this target alone. Raises Withdrawn where the file has changed meanwhile."""
        shared = self.known.get(slug)
        if shared is None or (shared.kind, root_of(shared.row(0))) != (target.kind, target.base_url):
            raise Withdrawn(slug)
        return shared.key

    def _row(self, shared: Shared, user: User) -> Connection:
        row = shared.row(user.pk)
        row.user = user
        if shared in self.fetched and not row.models:
            row.models_fetched_at, row.models = self.fetched[shared]
        return row


SHARED = SharedProviders()


def is_shared(row: Connection) -> bool:
    """Whether this row is the administrator's."""
    return row.pk is not None and row.pk < 0
