"""The practice provider, which everybody has without adding it."""

from __future__ import annotations

import providers
from thinkback.connections.models import Connection

KIND = "practice"
MODEL = "practice"  # offered before its list was ever fetched


def ensure(user_id: int) -> None:
    """Make this user's practice connection if he has none yet. Its row is an ordinary one, so it can be turned off."""
    Connection.objects.get_or_create(
        user_id=user_id,
        slug=KIND,
        defaults={"kind": KIND, "name": providers.get(KIND).label, "default_model": MODEL},
    )
