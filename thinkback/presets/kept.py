"""Presets and saved prompts of a user: which there are, and storing one, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction

from thinkback.presets import parameters
from thinkback.presets.built_in import BUILT_IN, BuiltIn
from thinkback.presets.models import Preset, SavedPrompt

MOST = 500  # of each, for one user
LONGEST = {"name": 100, "description": 300, "slug": 100, "model": 200, "system": 100_000, "text": 100_000}
TEXTS: dict[type[models.Model], tuple[str, ...]] = {
    Preset: ("name", "description", "slug", "model", "system"),
    SavedPrompt: ("name", "text"),
}
NEEDED = ("name", "text")
FIELDS = ("id", "name", "description", "slug", "model", "system", "parameters", "tools")


class Invalid(ValueError):
    """What is wrong with a field, in words."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def presets_of(user_id: int) -> list[Preset | BuiltIn]:
    """A user's own by name, then those that everybody has."""
    return [*Preset.objects.filter(user_id=user_id), *BUILT_IN]


def find(user_id: int, id: str) -> Preset | BuiltIn | None:
    """A preset of this user, or one that everybody has."""
    built_in = next((one for one in BUILT_IN if one.id == id), None)
    if built_in is not None:
        return built_in
    try:
        return Preset.objects.filter(user_id=user_id, id=UUID(id)).first()
    except ValueError:
        return None


def as_json(preset: Preset | BuiltIn) -> dict[str, Any]:
    """A preset as programs see it."""
    told = {name: getattr(preset, name) for name in FIELDS}
    return told | {"id": str(preset.id), "name": str(preset.name), "description": str(preset.description)} | {
        "built_in": isinstance(preset, BuiltIn)
    }  # fmt: skip


def store(row: Preset | SavedPrompt, data: Mapping[str, Any]) -> None:
    """Change what is named and save. Raises Invalid."""
    for name in TEXTS[type(row)]:
        if name in data or (row._state.adding and name in NEEDED):
            setattr(row, name, _text(name, data.get(name, "")))
    if isinstance(row, Preset):
        _set(row, data)
    if row._state.adding and type(row).objects.filter(user_id=row.user_id).count() >= MOST:
        raise Invalid("name", f"There are {MOST} already. Delete one first.")
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Invalid("name", "You have one of this name already.") from None


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST[name]:
        raise Invalid(name, f"{name} must be a text of at most {LONGEST[name]} characters.")
    text = value.encode("utf-8", "replace").decode().replace("\0", "").strip()
    if not text and name in NEEDED:
        raise Invalid(name, f"{name} must not be empty.")
    return text


def _set(preset: Preset, data: Mapping[str, Any]) -> None:
    if "parameters" in data:
        try:
            preset.parameters = parameters.changed({}, data["parameters"])
        except parameters.Unfit as error:
            raise Invalid(error.name, f"{error.name} {error.message}.") from None
    if "tools" in data:
        tools = data["tools"]
        if not (isinstance(tools, list) and len(tools) <= 100 and all(_is_key(key) for key in tools)):
            raise Invalid("tools", "tools must be a list of at most 100 keys.")
        preset.tools = tools


def _is_key(key: object) -> bool:
    return isinstance(key, str) and len(key) <= 100


def free_name(user_id: int, name: str) -> str:
    """`Review`, or `Review 2` where there is one already."""
    taken = {one.lower() for one in Preset.objects.filter(user_id=user_id).values_list("name", flat=True)}
    names = [name[:90], *(f"{name[:90]} {number}" for number in range(2, MOST + 2))]
    return next(one for one in names if one.lower() not in taken)
