"""`shared:` — a list of providers whose keys the administrator gives, for all users or for those that he names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import providers
from providers import Adapter
from thinkback.accounts import revocation
from thinkback.configuration.document import Invalid, Path
from thinkback.connections import slugs
from thinkback.connections.invalid import Invalid as Unusable
from thinkback.connections.shared import SHARED, Shared
from thinkback.connections.validation import Change, clean

OURS = ("kind", "slug", "key", "users", "models")
REFUSED = ("api_key", "enabled", "fallbacks", "hidden_models", "favourite_models", "confirm_host_change")
WORDS = {str: "a text", int: "a whole number", bool: "true or false"}
TYPES: dict[str, type] = {  # of providers.Model
    "id": str, "label": str, "context": int, "max_output": int, "tools": bool, "images": bool, "reasoning": bool,
    "draws": bool,
}  # fmt: skip


def read(value: Any, brought: Mapping[str, Adapter]) -> Callable[[], None]:
    """What shares these providers; no section is none. `brought` are those of the same file. Raises Invalid."""
    if value is None:
        value = []
    if not isinstance(value, list):
        raise Invalid("is a list of providers, each with its kind and key", ("shared",))
    found: dict[str, Shared] = {}
    for number, item in enumerate(value):
        path: Path = ("shared", number)
        one = shared(item, path, brought)
        if one.slug in found:
            raise Invalid(f"{one.slug!r} is shared already; give one of them another slug", path)
        found[one.slug] = one
    return partial(put, found)


def put(found: Mapping[str, Shared]) -> None:
    """Share these, and have every configuration looked up again that may be one of them."""
    SHARED.set(found)
    revocation.tell("*")


def shared(item: Any, path: Path, brought: Mapping[str, Adapter]) -> Shared:
    """One provider. Raises Invalid, which never tells a key."""
    if not isinstance(item, dict) or not isinstance(item.get("kind"), str):
        raise Invalid("a shared provider has a kind, and a key where it needs one", path)
    adapter = adapter_of(item["kind"], brought, path)
    refused = next((name for name in item if name in REFUSED), None)
    if refused is not None:
        raise Invalid(f"a shared provider has no {refused!r}", (*path, refused))
    given = {name: value for name, value in item.items() if name not in OURS} | {"api_key": item.get("key")}
    change = settings(adapter, {"name": adapter.label, "format": None, **given}, path)
    if adapter.needs_key and change.secrets.get("api_key") is None:
        raise Invalid(f"{adapter.label} needs a key", path)
    slug = item.get("slug") or slugs.propose(adapter.kind, str(change.columns["name"]), ())
    if not isinstance(slug, str) or not slugs.is_valid(slug):
        raise Invalid("a slug has small letters, digits and single hyphens", (*path, "slug"))
    change.columns["models"] = models(item.get("models"), (*path, "models"))
    return Shared(slug, adapter.kind, change.columns, users(item.get("users"), path), change.secrets.get("api_key"))


def adapter_of(kind: str, brought: Mapping[str, Adapter], path: Path) -> Adapter:
    """The adapter of this kind. Raises Invalid."""
    before = providers.configured()
    stays = {adapter.kind: adapter for adapter in providers.available() if adapter.kind not in before}
    known = stays | dict(brought)
    if kind in known and known[kind].transport() is not None:
        raise Invalid(f"{known[kind].label} answers by itself: everybody has it already", path)
    if kind not in known:
        raise Invalid(f"there is no provider of the kind {kind!r}; there are: {', '.join(sorted(known))}", path)
    return known[kind]


def settings(adapter: Adapter, given: Mapping[str, Any], path: Path) -> Change:
    """What a user could set too, checked in the same way. Raises Invalid."""
    try:
        return clean(adapter, given, None)
    except Unusable as error:
        field, message = next(iter(error.errors.items()))
        name = "key" if field == "api_key" else field
        raise Invalid(f"{name}: {message}".rstrip("."), (*path, name)) from None


def users(value: Any, path: Path) -> frozenset[str]:
    """Names or e-mail addresses. Raises Invalid."""
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one.strip() for one in value):
        raise Invalid("users is a list of names or e-mail addresses; without it, all may", (*path, "users"))
    return frozenset(one.strip().lower() for one in value)


def models(value: Any, path: Path) -> list[dict[str, Any]]:
    """Models by their ids, or objects that tell more of them. Raises Invalid."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Invalid("models is a list; without it, the service is asked", path)
    return [model(item, (*path, number)) for number, item in enumerate(value)]


def model(item: Any, path: Path) -> dict[str, Any]:
    """One of them, as it is stored. Raises Invalid."""
    if isinstance(item, str):
        item = {"id": item}
    if not isinstance(item, dict) or not item.get("id"):
        raise Invalid("a model is its id, or an object with an id", path)
    for name, value in item.items():
        kind = TYPES.get(name)
        if kind is None:
            raise Invalid(f"a model has {', '.join(TYPES)}; not {name!r}", (*path, name))
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise Invalid(f"{name} of a model is {WORDS[kind]}", (*path, name))
    return {**item, "by_hand": True}
