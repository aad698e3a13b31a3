"""Example values that fit a simple JSON Schema, for what Practice answers in JSON. https://json-schema.org"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

DEEPEST = 12  # levels that a schema which refers to itself is followed
MOST_ITEMS = 20
LONGEST = 10_000  # characters
FORMATS = {
    "date": "2025-01-01", "date-time": "2025-01-01T00:00:00Z", "time": "00:00:00Z", "email": "alice@example.com",
    "uri": "https://example.com/", "uuid": "00000000-0000-4000-8000-000000000000", "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1", "hostname": "example.com",
}  # fmt: skip


def example(schema: Any, text: str) -> Any:
    """A value that fits; `text` stands where any text does. Patterns, conditions and `not` are not looked at."""
    return made(schema, Source(schema, text))


@dataclass(frozen=True, slots=True)
class Source:
    """What the parts of a value are made of: the whole schema, to which its parts refer, and any text."""

    root: Any
    text: str


def made(schema: Any, source: Source, depth: int = 0) -> Any:
    """A value for this part of the schema."""
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return None
    fixed = [schema[name] for name in ("const", "default") if name in schema]
    choices = schema.get("enum")
    fixed += choices[:1] if isinstance(choices, list) else []
    if fixed:
        return fixed[0]
    if (other := alternative(schema, source.root)) is not None:
        return made(other, source, depth + 1)
    maker = MAKERS.get(str(kind_of(schema)))
    return None if maker is None else maker(schema, source, depth + 1)


def alternative(schema: Mapping[str, Any], root: Any) -> Any:
    """The schema that this one refers to, or the first that it leaves the choice of."""
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        found = root
        for part in filter(None, reference[1:].split("/")):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found if found is not None else {}
    for name in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(name), list) and schema[name]:
            return schema[name][0]
    return None


def kind_of(schema: Mapping[str, Any]) -> Any:
    """The type: the first of several, that of an object where it has properties, a text's where nothing is said."""
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    return kinds[0] if isinstance(kinds, list) and kinds else kinds


def filled(schema: Mapping[str, Any], source: Source, depth: int) -> dict[str, Any]:
    """An object with every property that it must have or, where it says nothing of that, may have."""
    properties = schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    wanted = schema.get("required")
    names = [name for name in wanted if isinstance(name, str)] if isinstance(wanted, list) else list(properties)
    return {name: made(properties.get(name, {}), source, depth) for name in names}


def listed(schema: Mapping[str, Any], source: Source, depth: int) -> list[Any]:
    """As many items as there must be, and one at least."""
    return [made(schema.get("items", {}), source, depth)] * min(max(whole(schema.get("minItems")), 1), MOST_ITEMS)


def worded(schema: Mapping[str, Any], source: Source, depth: int) -> str:
    """A text of its format and length."""
    found = FORMATS.get(str(schema.get("format")), source.text)
    longest, shortest = schema.get("maxLength"), min(whole(schema.get("minLength")), LONGEST)
    return (found if longest is None else found[: whole(longest)]).ljust(shortest, ".")


def number(schema: Mapping[str, Any], source: Source, depth: int) -> float:
    """The smallest number that it allows from 0 on, or the greatest below."""
    step = 1 if kind_of(schema) == "integer" else 0.5
    least = [*bounds(schema, "minimum"), *(bound + step for bound in bounds(schema, "exclusiveMinimum"))]
    most = [*bounds(schema, "maximum"), *(bound - step for bound in bounds(schema, "exclusiveMaximum"))]
    found = min([max([0, *least]), *most])
    return int(found) if step == 1 else found


MAKERS: dict[str, Callable[[Mapping[str, Any], Source, int], Any]] = {
    "object": filled,
    "array": listed,
    "string": worded,
    "number": number,
    "integer": number,
    "boolean": lambda schema, source, depth: True,
}


def bounds(schema: Mapping[str, Any], name: str) -> list[float]:
    """The number that the schema states under this name, if it does."""
    value = schema.get(name)
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def whole(value: Any) -> int:
    """A count; 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
