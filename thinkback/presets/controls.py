"""Settings as they are shown: in the panel of a chat, and in the form of a preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thinkback.presets.parameters import SETTINGS, Setting


@dataclass(frozen=True, slots=True)
class Control:
    """One row; `value` is what stands in it, "" for the provider's own."""

    setting: Setting
    value: Any

    @property
    def is_set(self) -> bool:
        """Whether it is not as the provider has it."""
        return self.value not in ("", False)


def controls_of(parameters: Mapping[str, Any]) -> list[Control]:
    """Every setting with its value."""
    return [Control(setting, _shown(parameters.get(setting.name))) for setting in SETTINGS]


def _shown(value: Any) -> Any:
    """As text, a number as programs write it: the page reads it back."""
    if isinstance(value, list):
        return "\n".join(value)
    return value if isinstance(value, bool) else "" if value is None else str(value)


def typed(setting: Setting, text: str) -> Any:
    """What was typed into a row, as the value that it means; None for the provider's own."""
    if setting.kind == "switch":
        return True if text == "on" else None
    if not text.strip():
        return None
    if setting.kind == "list":
        return [line for line in text.splitlines() if line]
    if setting.kind == "choice":
        return text
    return _number(text.strip().replace(",", "."))


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
