"""`middleware:` — a list of rules: what to use, in which order, for which providers and models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import metadata
from typing import Any, Literal, cast

from proxy.masking import MaskPersonalData
from proxy.middleware import MIDDLEWARE, Middleware, Rule
from thinkback.configuration import foreign
from thinkback.configuration.document import Invalid, Path

GROUP = "thinkback.middleware"  # the entry-point group of a pip package that brings one
BUILT_IN: dict[str, type[Middleware]] = {"mask_personal_data": MaskPersonalData}
FIELDS = ("use", "order", "providers", "models", "options", "on_failure")
FAILURES = ("refuse", "skip")


def read(value: Any) -> Callable[[], None]:
    """What puts these rules in force; no section is no rule. Raises Invalid."""
    if value is None:
        value = []
    if not isinstance(value, list):
        raise Invalid("is a list of rules, each with the name of what to use", ("middleware",))
    return partial(MIDDLEWARE.set, [rule(item, ("middleware", number)) for number, item in enumerate(value)])


def rule(item: Any, path: Path) -> Rule:
    """One rule. Raises Invalid."""
    if not isinstance(item, dict) or not isinstance(item.get("use"), str):
        raise Invalid("a rule has `use`: the name of a middleware, or module:Class", path)
    unknown = next((name for name in item if name not in FIELDS), None)
    if unknown is not None:
        raise Invalid(f"a rule has {', '.join(FIELDS)}; not {unknown!r}", (*path, unknown))
    order, on_failure = item.get("order", 0), item.get("on_failure", "refuse")
    if isinstance(order, bool) or not isinstance(order, int):
        raise Invalid("the order is a whole number", (*path, "order"))
    if on_failure not in FAILURES:
        raise Invalid(f"on_failure is one of {', '.join(FAILURES)}", (*path, "on_failure"))
    return Rule(
        item["use"].rpartition(":")[2],
        made(item["use"], item.get("options"), path),
        order,
        names(item, "providers", path),
        names(item, "models", path),
        cast(Literal["refuse", "skip"], on_failure),
    )


def names(item: Mapping[str, Any], name: str, path: Path) -> tuple[str, ...]:
    """A list of names; empty for all."""
    given = item.get(name) or []
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Invalid(f"{name} is a list of names", (*path, name))
    return tuple(given)


def made(use: str, options: Any, path: Path) -> Middleware:
    """The middleware of this name, with its options. Raises Invalid."""
    if not isinstance(options or {}, dict):
        raise Invalid("options is an object", (*path, "options"))
    kind = found(use, path)
    try:
        return kind(options or {})
    except ValueError as error:
        raise Invalid(f"{use}: {error}", (*path, "options")) from None


def found(use: str, path: Path) -> type[Middleware]:
    """The class of this name: one of ours, one that an installed package offers, or `module:Class`. Raises Invalid."""
    kind = BUILT_IN.get(use) or foreign.found(use, GROUP, (*path, "use"))
    if kind is None:
        known = sorted({*BUILT_IN, *metadata.entry_points(group=GROUP).names})
        raise Invalid(f"there is no middleware {use!r}; there are: {', '.join(known)}", (*path, "use"))
    if not isinstance(kind, type) or not issubclass(kind, Middleware):
        raise Invalid(f"{use} is no class derived from proxy.middleware.Middleware", (*path, "use"))
    return kind
