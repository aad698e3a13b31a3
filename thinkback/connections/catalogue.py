"""The models of a configuration: fetched ones, ones typed in, hidden ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from providers import Model
from thinkback.connections.models import Connection

MOST = 2000  # models kept of one provider


@dataclass(frozen=True, slots=True)
class Entry(Model):
    """A model as users see it: as its provider lists it, and what they have made of it."""

    by_hand: bool = False
    hidden: bool = False
    default: bool = False


def entries(row: Connection) -> list[Entry]:
    """Every model of a configuration, in the provider's order, hidden ones included."""
    hidden = set(row.hidden_models)
    return [
        Entry(**{**stored, "hidden": stored["id"] in hidden, "default": stored["id"] == row.default_model})
        for stored in row.models
    ]


def visible(row: Connection) -> list[Entry]:
    """The models that are offered for choice; the default one is, though it was never fetched."""
    shown = [entry for entry in entries(row) if entry.default or not entry.hidden]
    if row.default_model and not any(entry.default for entry in shown):
        shown.insert(0, Entry(row.default_model, by_hand=True, default=True))
    return shown


def after_fetch(row: Connection, fetched: Sequence[Model]) -> list[dict[str, Any]]:
    """What to store after a fetch: the provider's list, then the models typed in that it does not have."""
    listed = {model.id for model in fetched}
    typed = [stored for stored in typed_in(row) if stored["id"] not in listed]
    return ([_stored(asdict(model)) for model in fetched] + typed)[:MOST]


def typed_in(row: Connection) -> list[dict[str, Any]]:
    """The stored models that were typed in."""
    return [stored for stored in row.models if stored.get("by_hand")]


def by_hand(row: Connection | None, ids: Iterable[str]) -> list[dict[str, Any]]:
    """What to store when exactly these models are typed in, beside the fetched ones."""
    fetched = [stored for stored in (row.models if row else []) if not stored.get("by_hand")]
    known = {stored["id"] for stored in fetched}
    typed = [{"id": name, "by_hand": True} for name in dict.fromkeys(ids) if name not in known]
    return (fetched + typed)[:MOST]


def _stored(model: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in model.items() if value not in (None, "")}
