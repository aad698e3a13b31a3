"""The models of a configuration: fetched ones, ones typed in, hidden ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from providers import Model
from proxy.call import Price
from thinkback.connections import preferences
from thinkback.connections.models import Connection

MOST = 2000  # models kept of one provider
OWN = "own"  # of a stored model: what the user says of it himself (`facts`)


@dataclass(frozen=True, slots=True)
class Entry(Model):
    """A model as users see it: as its provider lists it, and what they have made of it."""

    by_hand: bool = False
    hidden: bool = False
    favourite: bool = False
    default: bool = False
    own: tuple[str, ...] = ()  # the fields that the user has filled in himself
    price: Price | None = None  # looked up (`list_prices`), not stored


def entries(row: Connection) -> list[Entry]:
    """Every model of a configuration, hidden ones included: favourites, then the others, in the provider's order."""
    found = [Entry(**{**_facts(stored), **_made_of(row, stored["id"])}) for stored in row.models]
    return sorted(found, key=lambda entry: not entry.favourite)


def listed(row: Connection, id: str) -> Entry | None:
    """A model as its provider alone lists it."""
    stored = next((one for one in row.models if one["id"] == id), None)
    return None if stored is None else Entry(**{name: value for name, value in stored.items() if name != OWN})


def _made_of(row: Connection, id: str) -> dict[str, bool]:
    return {
        "hidden": id in row.hidden_models,
        "favourite": id in row.favourite_models,
        "default": id == row.default_model,
    }


def _facts(stored: Mapping[str, Any]) -> dict[str, Any]:
    said = stored.get(OWN, {})
    return {**{name: value for name, value in stored.items() if name != OWN}, **said, OWN: tuple(said)}


def visible(row: Connection) -> list[Entry]:
    """The models that are offered for choice; the default one is, though it was never fetched, and maybe alone."""
    alone = bool(preferences.of(row).only_model)
    shown = [entry for entry in entries(row) if entry.default or not (entry.hidden or alone)]
    if row.default_model and not any(entry.default for entry in shown):
        favourite = row.default_model in row.favourite_models
        shown.insert(0, Entry(row.default_model, by_hand=True, favourite=favourite, default=True))
    return shown


def after_fetch(row: Connection, fetched: Sequence[Model]) -> list[dict[str, Any]]:
    """What to store after a fetch: the provider's list, then the models typed in that it does not have."""
    listed = {model.id for model in fetched}
    typed = [stored for stored in typed_in(row) if stored["id"] not in listed]
    said = {stored["id"]: {OWN: stored[OWN]} for stored in row.models if stored.get(OWN)}
    return ([{**_stored(asdict(model)), **said.get(model.id, {})} for model in fetched] + typed)[:MOST]


def typed_in(row: Connection) -> list[dict[str, Any]]:
    """The stored models that were typed in."""
    return [stored for stored in row.models if stored.get("by_hand")]


def by_hand(row: Connection | None, ids: Iterable[str]) -> list[dict[str, Any]]:
    """What to store when exactly these models are typed in, beside the fetched ones."""
    fetched = [stored for stored in (row.models if row else []) if not stored.get("by_hand")]
    known = {stored["id"] for stored in fetched}
    before = {stored["id"]: stored for stored in (typed_in(row) if row else [])}
    typed = [before.get(name, {"id": name, "by_hand": True}) for name in dict.fromkeys(ids) if name not in known]
    return (fetched + typed)[:MOST]


def _stored(model: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in model.items() if value not in (None, "")}
