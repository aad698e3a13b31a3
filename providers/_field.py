"""A row of a settings form, as an adapter describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

FieldKind = Literal["text", "url", "secret", "choice", "number", "headers"]
JSON_TYPES: dict[FieldKind, dict[str, Any]] = {
    "text": {"type": "string"},
    "url": {"type": "string", "format": "uri"},
    "secret": {"type": "string", "writeOnly": True},
    "choice": {"type": "string"},
    "number": {"type": "number"},
    "headers": {"type": "object", "additionalProperties": {"type": "string"}},
}


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the settings form. `secret` fields are sealed by the vault and never shown again."""

    name: str
    label: str
    kind: FieldKind = "text"
    required: bool = False
    default: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    whole: tuple[int, int] | None = None  # a number without fractions, from the first of these to the second

    def schema(self) -> dict[str, Any]:
        """This field in JSON Schema (2020-12)."""
        found: dict[str, Any] = {"title": self.label, **JSON_TYPES[self.kind]}
        if self.help:
            found["description"] = self.help
        if self.default:
            found["default"] = float(self.default) if self.kind == "number" else self.default
        if self.whole:
            found |= {"type": "integer", "minimum": self.whole[0], "maximum": self.whole[1]}
        if self.choices:
            found["oneOf"] = [{"const": value, "title": label} for value, label in self.choices]
        return found
