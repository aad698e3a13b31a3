"""How hard Gemini thinks: by levels from its third generation on, by a budget of tokens in 2.5.

https://ai.google.dev/gemini-api/docs/thinking
"""

from __future__ import annotations

import re
from typing import Any

from providers._prompt import Effort

GENERATION = re.compile(r"gemini-(?:live-)?(\d+(?:\.\d+)?)")
DRAWS = re.compile(r"gemini.*-image|nano-banana", re.I)
AT_LEAST = "3"  # the generation that the names without a number (`gemini-flash-latest`) have at least
BUDGETS: dict[Effort, int] = {"none": 0, "minimal": 1024, "low": 1024, "medium": 8192, "high": 24576, "xhigh": 24576}
LEVELS: dict[Effort, str] = {"minimal": "LOW", "low": "LOW", "medium": "MEDIUM", "high": "HIGH", "xhigh": "HIGH"}
MINIMAL = re.compile(r"gemini-3(\.[0-5])?-flash")  # these alone know the level below LOW
TWO_LEVELS = re.compile(r"gemini-3-pro")


def generation(model: str) -> float:
    """The number of a Gemini's generation; 0 for a model that is none, such as a Gemma."""
    if "gemini" not in model:
        return 0.0
    found = GENERATION.search(model)
    return float(found[1] if found else AT_LEAST)


def draws(model: str) -> bool:
    """Whether a model answers with pictures, and words between them."""
    return DRAWS.search(model) is not None


def can_think(model: str, effort: Effort) -> bool:
    """Whether this effort can be asked of a model: older ones do not think, newer ones cannot be kept from it."""
    number = generation(model)
    if draws(model):
        return effort == "none" and number < 3
    if effort == "none":
        return number < 2.5 or (number < 3 and "pro" not in model)
    return number >= 2.5


def thinking(model: str, effort: Effort) -> dict[str, Any]:
    """The `thinkingConfig` that asks for an effort, with a summary of the thoughts; empty where nothing can be set."""
    number = generation(model)
    if not can_think(model, effort) or number < 2.5 or draws(model):
        return {}
    shown = effort != "none"
    if number < 3:
        return {"thinkingBudget": BUDGETS[effort], "includeThoughts": shown}
    return {"thinkingLevel": level(model, effort), "includeThoughts": shown}


def level(model: str, effort: Effort) -> str:
    """The nearest level that a model knows."""
    if effort == "minimal" and MINIMAL.search(model):
        return "MINIMAL"
    if effort == "medium" and TWO_LEVELS.search(model):
        return "HIGH"
    return LEVELS[effort]
