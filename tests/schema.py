"""As much of JSON Schema as the description of the API uses; a word that is not known here is an error."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from thinkback.pages.api_docs import resolve

KINDS: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
FORMATS = {"date-time": datetime.fromisoformat, "uuid": uuid.UUID}
WORDS = {"$ref", "type", "properties", "required", "items", "enum", "format", "description", "additionalProperties"}


def faults(value: Any, schema: dict[str, Any], where: str = "$") -> Iterator[str]:
    """What of a value is not as described; a field that is not described is a fault too."""
    schema = resolve(schema)
    assert schema.keys() <= WORDS, schema.keys() - WORDS
    kinds = schema.get("type", list(KINDS))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if not any(fits(value, kind) for kind in kinds):
        yield f"{where} is {value!r}, not {kinds}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, not one of {schema['enum']}"
    if isinstance(value, str) and "format" in schema:
        FORMATS[schema["format"]](value)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from faults(item, schema.get("items", {}), f"{where}[{number}]")
    if isinstance(value, dict) and "properties" in schema:
        yield from fields(value, schema, where)


def fields(value: dict[str, Any], schema: dict[str, Any], where: str) -> Iterator[str]:
    for name in set(schema.get("required", ())) - value.keys():
        yield f"{where}.{name} is missing"
    for name, item in value.items():
        if name in schema["properties"]:
            yield from faults(item, schema["properties"][name], f"{where}.{name}")
        elif "additionalProperties" in schema:
            yield from faults(item, schema["additionalProperties"], f"{where}.{name}")
        else:
            yield f"{where}.{name} is not described"


def fits(value: Any, kind: str) -> bool:
    return isinstance(value, KINDS[kind]) and not (isinstance(value, bool) and kind in ("integer", "number"))
