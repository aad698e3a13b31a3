"""What can be set for a chat beside its model: each setting's name, which values it takes, what a prompt calls it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from providers import Effort, JsonAnswer
from thinkback.presets.structures import STRUCTURES

EFFORTS: tuple[str, ...] = get_args(Effort)
MOST_STOPS, LONGEST_STOP = 8, 200
Parameters = Mapping[str, Any]


class Unfit(ValueError):
    """A value that a setting does not take: which setting, and why in words."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `fits` tells of a value that is not None; `words` say what would."""

    name: str
    kind: str  # number, choice, list, switch: how it is shown
    label: str | Promise
    help: str | Promise
    fits: Callable[[Any], bool]
    words: str
    told: str = ""  # the field of a prompt; "" is told in another way
    probe: Any = None  # a value to find out with whether a model takes it
    low: float | None = None
    high: float | None = None
    step: str = "1"
    options: Mapping[str, str | Promise] = field(default_factory=dict)


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: _is_number(value) and low <= value <= high


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_stops(value: Any) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= MOST_STOPS
        and all(isinstance(one, str) and 0 < len(one) <= LONGEST_STOP for one in value)
    )


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


def _fraction(name: str, label: Promise, help: Promise, span: tuple[float, float], probe: float) -> Setting:
    low, high = span
    words = f"must be a number from {low:g} to {high:g}"
    return Setting(name, "number", label, help, _number(low, high), words, name, probe, low=low, high=high, step="any")


def _count(name: str, label: Promise, help: Promise, span: tuple[int, int], told: str) -> Setting:
    least, most = span
    words = f"must be a whole number from {least} to {most}"
    return Setting(name, "number", label, help, _whole(least, most), words, told, probe=1234, low=least, high=most)


SETTINGS: tuple[Setting, ...] = (
    _fraction(
        "temperature", _("Temperature"), _("How free its choice of words is; 0 is the most predictable."), (0, 2), 0.65
    ),
    _fraction("top_p", _("Top P"), _("Only the likeliest words that together have this share."), (0, 1), 0.85),
    _count(
        "max_output_tokens",
        _("Longest answer"),
        _("In tokens. What is longer is cut off there."),
        (1, 10_000_000),
        "max_tokens",
    ),
    Setting(
        "reasoning_effort",
        "choice",
        _("Reasoning effort"),
        _("How long it thinks first. Thinking is paid for like an answer."),
        lambda value: value in EFFORTS,
        f"must be one of {', '.join(EFFORTS)}",
        "reasoning_effort",
        "low",
        options={effort: effort for effort in EFFORTS},
    ),
    Setting(
        "stop",
        "list",
        _("Stop sequences"),
        _("One a line, at most 8. The answer ends before the first of them."),
        _is_stops,
        f"must be a list of 1 to {MOST_STOPS} texts of at most {LONGEST_STOP} characters",
        "stop",
        ["##"],
    ),
    _count("seed", _("Seed"), _("The same number makes the same answer likelier."), (0, 2**31 - 1), "seed"),
    _fraction("presence_penalty", _("Presence penalty"), _("Above 0 it turns to new subjects."), (-2, 2), 0.35),
    _fraction("frequency_penalty", _("Frequency penalty"), _("Above 0 it repeats itself less."), (-2, 2), 0.35),
    Setting(
        "json", "switch", _("Answer in JSON"), _("An object and nothing else."), _is_switch, "must be true or false"
    ),
    Setting(
        "drop_oldest",
        "switch",
        _("Leave out the oldest messages when it gets too long"),
        _("The chat keeps them; the model is not told of them."),
        _is_switch,
        "must be true or false",
    ),
    Setting(
        "structure",
        "choice",
        _("Form of the answer"),
        _("Findings are shown as a list by severity."),
        lambda value: value in tuple(STRUCTURES),
        f"must be one of {', '.join(STRUCTURES)}",
        options={name: structure.label for name, structure in STRUCTURES.items()},
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def changed(before: Parameters, change: Any) -> dict[str, Any]:
    """Settings after a change: None takes one back to the provider's own. Raises Unfit."""
    if not isinstance(change, Mapping):
        raise Unfit("parameters", "must be an object")
    for name, value in change.items():
        if name not in BY_NAME:
            raise Unfit(name, f"is none of the settings, which are {', '.join(BY_NAME)}")
        if value is not None and not BY_NAME[name].fits(value):
            raise Unfit(name, BY_NAME[name].words)
    merged = {**before, **change}
    return {name: value for name, value in merged.items() if value is not None and value is not False}


def told(parameters: Parameters) -> dict[str, Any]:
    """What a prompt is told of them, by the names of its fields; what does not fit is left out."""
    return dict(_told(parameters))


def _told(parameters: Parameters) -> Iterator[tuple[str, Any]]:
    for setting in SETTINGS:
        value = parameters.get(setting.name)
        if value is not None and setting.told and setting.fits(value):
            yield setting.told, tuple(value) if isinstance(value, list) else value
    structure = STRUCTURES.get(str(parameters.get("structure")))
    if structure is not None:
        yield "response_format", structure.format
    elif parameters.get("json") is True:
        yield "response_format", JsonAnswer()
