"""What the Claude models take, by their version, wherever they are served.

https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking, and beside it extended-thinking, effort,
preserved-thinking and structured-outputs; https://platform.claude.com/docs/en/models/sonnet-5-5/whats-new-sonnet-5-5,
and those of the others; https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from providers._abilities import Ability
from providers._anthropic.turns import Turn, opens, turns
from providers._base import Model
from providers._events import Reasoning
from providers._prompt import NamedTool, Prompt

FAMILY = re.compile(r"claude-(?:\d[\d.-]*-)?([a-z]+)", re.I)
VERSION = re.compile(r"claude-(?:[a-z]+-)?v?(\d{1,2})(?:[-.](\d{1,2})(?!\d))?", re.I)
UNNUMBERED = (99, 0)  # `claude-mythos-preview`: a name without a number is that of a new model
SEES = (3, 0)  # from here on, pictures, and tools
THINKS = (3, 7)  # the first that can
ONE_SAMPLING = (4, 1)  # from here on, temperature or top_p, never both
SCHEMAS = (4, 5)
ADAPTIVE = (4, 6)  # decides by itself how long to think, within an effort
UNSAMPLED = (4, 7)  # from here on, neither temperature nor top_p
THINKS_FORCED = (4, 8)  # from here on, one that adapts may be forced to call a tool while it thinks
THINKS_UNASKED = (5, 0)
BOUND = (5, 1)  # from here on, what it thought counts only beside what stood before it
LATEST = (5, 5)
SHOWN = {"type": "adaptive", "display": "summarized"}  # unasked, newer models say nothing while they think
QUIET = ("disabled", "between_tools")
BINDING_BETA = "thinking-binding-controls-2026-08-01"  # which the field `block_binding` needs
BUDGETS = {"minimal": 1024, "low": 2048, "medium": 8192, "high": 16_384, "xhigh": 24_576}  # tokens
SMALLEST_BUDGET = 1024
# The format demands a maximum; these are the largest that every model of a family accepts.
MAXIMA = (
    (re.compile(r"claude-3-(opus|sonnet|haiku)"), 4096),
    (re.compile(r"claude-[a-z]+-\d|claude-3-7|claude-mythos"), 32_000),
)
MAXIMUM = 8192


def version_of(model: str) -> tuple[int, int] | None:
    """The version in the name of a Claude model, of any service; None for other models."""
    found = VERSION.search(model)
    if found is None:
        return UNNUMBERED if "claude-" in model.lower() else None
    return int(found[1]), int(found[2] or 0)


def with_abilities(model: Model, name: str) -> Model:
    """A listed model with what every Claude of the version in this name can do, where the list does not tell."""
    version = version_of(name)
    if version is None or version < SEES:
        return model
    tools, images = (True if known is None else known for known in (model.tools, model.images))
    reasoning = version >= THINKS if model.reasoning is None else model.reasoning
    return replace(model, tools=tools, images=images, reasoning=reasoning)


def default_maximum(model: str) -> int:
    """The maximum of output tokens to ask for where the user set none."""
    return next((maximum for pattern, maximum in MAXIMA if pattern.search(model)), MAXIMUM)


def maximum_of(prompt: Prompt) -> int:
    """The maximum of output tokens, thinking included."""
    return default_maximum(prompt.model) if prompt.max_tokens is None else prompt.max_tokens


def thinking(prompt: Prompt) -> dict[str, Any]:
    """The fields `thinking` and `output_config` for an effort; without one, for models that think unasked, to see it.

    Older models are given a budget: at most half of the maximum, so that room is left to answer; none below 2048.
    """
    version, effort = version_of(prompt.model), prompt.reasoning_effort
    if effort is None:
        return {"thinking": SHOWN} if version is not None and version >= THINKS_UNASKED else {}
    if version is not None and version < THINKS:
        return {}
    if effort == "none":
        return quiet(prompt.model)
    if version is not None and version >= ADAPTIVE:
        named = {"minimal": "low", "xhigh": "max" if version < UNSAMPLED else "xhigh"}.get(effort, effort)
        return {"thinking": SHOWN, "output_config": {"effort": named}}
    budget = min(BUDGETS[effort], maximum_of(prompt) // 2)
    return {"thinking": {"type": "enabled", "budget_tokens": budget}} if budget >= SMALLEST_BUDGET else {}


def family_of(model: str) -> str:
    """The family of a Claude model: `opus`, `sonnet`, …"""
    found = FAMILY.search(model)
    return found[1].lower() if found else ""


def always_thinks(model: str) -> bool:
    """Whether the model cannot be told not to think."""
    family, version = family_of(model), version_of(model)
    return family in ("fable", "mythos") or (family == "opus" and version is not None and version >= LATEST)


def quiet(model: str) -> dict[str, Any]:
    """The field `thinking` that keeps a model from it, where it would begin unasked and may be told."""
    version = version_of(model)
    if always_thinks(model) or (version is not None and version < THINKS_UNASKED):
        return {}
    without = family_of(model) == "sonnet" and version is not None and version >= LATEST  # any "disabled"
    return {"thinking": {"type": "between_tools" if without else "disabled"}}


def replayed(prompt: Prompt) -> tuple[list[Turn], dict[str, Any]]:
    """The turns, and the fields that let the model think about them.

    What newer models thought is bound to all that stood before it. Where that has changed since, as when a tool was
    added, it is to be dropped, instead of the whole request refused; a model that shall not think is given none.
    """
    said, fields = turns(prompt.messages), thinking(prompt)
    if not opens(said, fields):
        fields = {}
    version, asked = version_of(prompt.model), fields.get("thinking", {})
    thoughts = any(isinstance(part, Reasoning) for turn in said for part in turn.parts)
    if not thoughts or version is None or version < BOUND:
        return said, fields
    if asked.get("type") in QUIET:
        return turns(message.without(Reasoning) for message in prompt.messages), fields
    binding = {"block_binding": {"prefix_mismatch_behavior": "drop_block"}}
    return said, {**fields, "thinking": {"type": "adaptive", **asked, **binding}}


def betas(fields: Mapping[str, Any]) -> list[str]:
    """The names of the betas that these fields need."""
    return [BINDING_BETA] if "block_binding" in fields.get("thinking", {}) else []


def may_force(prompt: Prompt) -> bool:
    """Whether the model can be left no choice but to call a tool."""
    version, fields = version_of(prompt.model), thinking(prompt)
    if version is not None and version >= BOUND and family_of(prompt.model) != "haiku":
        return False
    adapts = version is not None and version >= THINKS_FORCED
    return adapts or not thinks(fields)


def thinks(fields: dict[str, Any]) -> bool:
    """Whether a request with these fields makes the model think."""
    return fields.get("thinking", {}).get("type") in ("enabled", "adaptive")


def forces(prompt: Prompt) -> bool:
    """Whether the model is left no choice but to call a tool."""
    return prompt.tool_choice == "required" or isinstance(prompt.tool_choice, NamedTool)


def sampling(prompt: Prompt) -> dict[str, float]:
    """The temperature (1 at most) or the `top_p` that this model takes: neither of them while it thinks."""
    version = version_of(prompt.model)
    if thinks(thinking(prompt)) or (version is not None and version >= UNSAMPLED):
        return {}
    stated = {}
    if prompt.temperature is not None:
        stated["temperature"] = min(1.0, prompt.temperature)
    if prompt.top_p is not None and not (stated and version is not None and version >= ONE_SAMPLING):
        stated["top_p"] = prompt.top_p
    return stated


def stop_sequences(prompt: Prompt) -> list[str]:
    """The stop sequences but for blank ones, which Claude refuses."""
    return [stop for stop in prompt.stop if stop.strip() or version_of(prompt.model) is None]


def refused(prompt: Prompt) -> Iterator[Ability]:
    """What this prompt needs and a model of this name refuses, though others do not."""
    version = version_of(prompt.model)
    wants_schema = prompt.response_format is not None and prompt.response_format.schema is not None
    if wants_schema and (version is None or version < SCHEMAS):
        yield "json_schema"
    if prompt.reasoning_effort == "none":
        if always_thinks(prompt.model):
            yield "reasoning_effort"
    elif prompt.reasoning_effort is not None and version is not None and version < THINKS:
        yield "reasoning_effort"
    if forces(prompt) and not may_force(prompt):
        yield "tool_choice"
    if prompt.top_p not in (None, 1.0) and "top_p" not in sampling(prompt):
        yield "top_p"
    if len(stop_sequences(prompt)) < len(prompt.stop):
        yield "stop"
