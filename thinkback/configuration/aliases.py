"""`aliases:` — names that stand for models: one, several in order or by share, or whichever suits a prompt best."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import metadata
from typing import Any, get_args

from thinkback.configuration import foreign
from thinkback.configuration.document import Invalid, Path
from thinkback.routing import selectors
from thinkback.routing.aliases import ALIASES, NAME, Alias, Choose, Prefer, Sticky, Target
from thinkback.routing.selectors import Selector

FIELDS = ("targets", "choose", "prefer", "sticky", "selector", "description")
TARGET = ("model", "weight", "quality")
MOST = 50  # targets of one alias
FORM = "an alias is `provider/model`, a list of these, or an object with targets"


def read(value: Any) -> Callable[[], None]:
    """What puts these aliases in force; no section is no alias. Raises Invalid."""
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise Invalid("is an object: the name of each alias, and what it stands for", ("aliases",))
    return partial(ALIASES.set, {name: alias(name, item, ("aliases", name)) for name, item in value.items()})


def alias(name: str, item: Any, path: Path) -> Alias:
    """One alias. Raises Invalid."""
    if NAME.fullmatch(name) is None:
        raise Invalid(f"{name!r} is no name: letters, digits, dots, hyphens and underscores, at most 64", path)
    if isinstance(item, str | list):
        item = {"targets": item}
    if not isinstance(item, dict):
        raise Invalid(FORM, path)
    unknown = next((field for field in item if field not in FIELDS), None)
    if unknown is not None:
        raise Invalid(f"an alias has {', '.join(FIELDS)}; not {unknown!r}", (*path, unknown))
    usual = (
        "weights" if any(isinstance(one, dict) and "weight" in one for one in listed(item.get("targets"))) else "order"
    )
    choose = one_of(item, "choose", get_args(Choose), usual, path)
    found: tuple[Target, ...] = ()
    if choose != "auto" or "targets" in item:
        found = targets(item.get("targets"), (*path, "targets") if "targets" in item else path)
    if choose == "weights" and not any(target.weight for target in found):
        raise Invalid("one target at least has a weight above 0", path)
    return Alias(
        name,
        found,
        choose,
        one_of(item, "prefer", get_args(Prefer), "balanced", path),
        one_of(item, "sticky", get_args(Sticky), "conversation", path),
        text(item, "description", path),
        selector(item["selector"], (*path, "selector")) if "selector" in item else None,
    )


def targets(value: Any, path: Path) -> tuple[Target, ...]:
    """What an alias stands for. Raises Invalid."""
    items = listed(value)
    if not items or len(items) > MOST:
        raise Invalid(f"an alias has 1 to {MOST} targets: {FORM}", path)
    found = tuple(target(item, (*path, number)) for number, item in enumerate(items))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise Invalid("a target is given twice", path)
    return found


def target(item: Any, path: Path) -> Target:
    """One of them: `provider/model`, or that with a weight. Raises Invalid."""
    if isinstance(item, str):
        item = {"model": item}
    if not isinstance(item, dict) or not isinstance(item.get("model"), str):
        raise Invalid("a target is `provider/model`, or an object with that as its model", path)
    unknown = next((field for field in item if field not in TARGET), None)
    if unknown is not None:
        raise Invalid(f"a target has {', '.join(TARGET)}; not {unknown!r}", (*path, unknown))
    slug, _, model = item["model"].partition("/")
    if not slug or not model:
        raise Invalid(f"{item['model']!r} is not `provider/model`", (*path, "model"))
    quality = number(item, "quality", 10, path) if "quality" in item else None
    return Target(slug, model, number(item, "weight", 1_000_000, path) if "weight" in item else 1.0, quality)


def number(item: Mapping[str, Any], name: str, most: int, path: Path) -> float:
    """A number that is not negative. Raises Invalid."""
    value = item[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise Invalid(f"a {name} is a number from 0 to {most}", (*path, name))
    return float(value)


def selector(use: Any, path: Path) -> Selector:
    """A selection function: one that an installed package offers, or `module:function`. Raises Invalid."""
    if not isinstance(use, str) or not use:
        raise Invalid("a selector is the name of one that a package offers, or module:function", path)
    found = foreign.found(use, selectors.GROUP, path)
    if found is None:
        known = ", ".join(sorted(metadata.entry_points(group=selectors.GROUP).names)) or "none"
        raise Invalid(f"there is no selector {use!r}; there are: {known}", path)
    if not callable(found):
        raise Invalid(f"{use} is no function", path)
    return Selector(use, found)


def listed(value: Any) -> list[Any]:
    """A list, or the one thing that stands for a list of it."""
    return value if isinstance(value, list) else [] if value is None else [value]


def one_of(item: Mapping[str, Any], name: str, known: tuple[str, ...], usual: str, path: Path) -> Any:
    """A word of a few. Raises Invalid."""
    value = item.get(name, usual)
    if value not in known:
        raise Invalid(f"{name} is one of {', '.join(known)}", (*path, name))
    return value


def text(item: Mapping[str, Any], name: str, path: Path) -> str:
    """A text, perhaps none. Raises Invalid."""
    value = item.get(name, "")
    if not isinstance(value, str):
        raise Invalid(f"{name} is a text", (*path, name))
    return value
