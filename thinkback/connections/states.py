"""How a configuration is doing, in one word and one colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from thinkback.connections.models import Connection
from thinkback.connections.targets import adapter_of, binding_of, ref_of
from thinkback.vault import keys
from thinkback.vault.keys import KeyStatus


@dataclass(frozen=True, slots=True)
class State:
    """`word` for people, `kind` one of good, warn, bad, or nothing; `since` where the word has a beginning."""

    name: str
    word: str
    kind: str = ""
    since: datetime | None = None


def key_of(row: Connection) -> KeyStatus | None:
    """What may be told of its key; None where none is stored."""
    return keys.status(ref_of(row)) if adapter_of(row) is None else keys.tried(binding_of(row))


def state_of(row: Connection, key: KeyStatus | None) -> State:
    """The first of these that holds: not installed, off, key trouble, failing, verified, not tested."""
    adapter = adapter_of(row)
    if adapter is None:
        return State("not_installed", _("Not installed"), "bad")
    if not row.enabled:
        return State("off", _("Off"))
    if key is not None and not key.readable:
        return State("key_unreadable", _("Paste its key again"), "bad")
    if key is None and adapter.needs_key:
        return State("needs_key", _("Needs a key"), "warn")
    if row.failing_since is not None:
        return State("failing", _("Failing"), "bad", row.failing_since)
    if row.verified_at is not None or adapter.transport() is not None:
        return State("ok", _("Ready"), "good", row.verified_at)
    return State("unverified", _("Not tested yet"), "warn")
