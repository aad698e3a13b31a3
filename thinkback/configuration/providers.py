"""`providers:` — a list of services that speak OpenAI's format, a row each, and of Python files with adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path as File
from typing import Any

from django.conf import settings

import providers
from providers import Offer, Source, Unfit
from providers.compatible import Compatible
from thinkback.accounts import revocation
from thinkback.configuration import python_file
from thinkback.configuration.document import Invalid, Path
from thinkback.connections import addresses
from thinkback.connections.invalid import Invalid as Unusable

ABOUT = ("version", "description")  # of the row, for people
NEEDED = ("kind", "label", "base_url")
TEXTS = (*NEEDED, "key_url", "price_id", "message_format", "models_path", *ABOUT)
LISTS = ("key_prefixes", "forwarded")
FLAGS = ("asks_for_usage", "states_cost", "versioned")
FIELDS = (*TEXTS, *LISTS, *FLAGS)


def read(value: Any) -> Callable[[], None]:
    """What puts these providers in force; no section is no provider. Raises Invalid."""
    return partial(put, brought(value))


def brought(value: Any) -> tuple[Offer, ...]:
    """What the section brings. Raises Invalid."""
    if value is None:
        value = []
    if not isinstance(value, list):
        raise Invalid("is a list of providers: rows with kind, label and base_url, or a path", ("providers",))
    found: dict[str, Offer] = {}
    for number, item in enumerate(value):
        path: Path = ("providers", number)
        for offer in offers(item, path):
            kind = offer.adapter.kind
            if kind in found or kind in providers.built_in():
                raise Invalid(f"there is a provider of the kind {kind!r} already", path)
            found[kind] = offer
    return tuple(found.values())


def put(found: tuple[Offer, ...]) -> None:
    """Have these, and have every configuration looked up again that may be one of them."""
    providers.configure(found)
    revocation.tell("*")


def offers(item: Any, path: Path) -> list[Offer]:
    """What one item of the list brings. Raises Invalid."""
    if not isinstance(item, dict) or not ("path" in item or item.keys() >= {*NEEDED}):
        raise Invalid("a provider has kind, label and base_url, or a path", path)
    known = ("path",) if "path" in item else FIELDS
    unknown = next((name for name in item if name not in known), None)
    if unknown is not None:
        raise Invalid(f"a provider has {', '.join(known)}; not {unknown!r}", (*path, unknown))
    try:
        return of_file(item["path"], (*path, "path")) if "path" in item else [of_row(item, path)]
    except Unfit as error:
        raise Invalid(str(error), path) from None


def of_row(item: Mapping[str, Any], path: Path) -> Offer:
    """A row as a provider. Raises Invalid and Unfit."""
    for name, value in item.items():
        check(name, value, (*path, name))
    try:
        base_url = addresses.checked(item["base_url"])
    except Unusable as error:
        raise Invalid(f"base_url: {error.errors['base_url']}".rstrip("."), (*path, "base_url")) from None
    stated = {name: value for name, value in item.items() if name not in (*LISTS, *ABOUT)} | {"base_url": base_url}
    stated["key_prefixes"] = tuple(item.get("key_prefixes", ()))
    stated["forwarded"] = providers.OpenAIFormat.forwarded | set(item.get("forwarded", ()))
    row = Compatible(**stated)
    return providers.offer(row, Source(place(), item.get("version", ""), item.get("description", "")))


def check(name: str, value: Any, path: Path) -> None:
    """Whether a field of a row has the type that it should. Raises Invalid."""
    if name in TEXTS and not isinstance(value, str):
        raise Invalid(f"{name} is a text", path)
    if name in FLAGS and not isinstance(value, bool):
        raise Invalid(f"{name} is true or false", path)
    if name in LISTS and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise Invalid(f"{name} is a list of texts", path)


def of_file(name: Any, path: Path) -> list[Offer]:
    """The adapters in a Python file, whose place may be told from the configuration file's. Raises Invalid, Unfit."""
    if not isinstance(name, str) or not name:
        raise Invalid("a path names a Python file", path)
    file = settings.CONFIG.parent / name if settings.CONFIG else File(name)
    try:
        module = python_file.run(file)
    except OSError as error:
        raise Invalid(f"{file} cannot be read ({error.strerror})", path) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is somebody else's code
        raise Invalid(f"{file} cannot be loaded ({providers.in_words(error)})", path) from None
    about = (module.__doc__ or "").strip().partition("\n")[0]
    return providers.brought(module, Source(file.name, str(getattr(module, "__version__", "")), about))


def place() -> str:
    """The name of the configuration file."""
    return settings.CONFIG.name if settings.CONFIG else "the configuration file"
