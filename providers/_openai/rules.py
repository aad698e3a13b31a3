"""What OpenAI's models take, by their names: no list of the service tells it.

https://platform.openai.com/docs/guides/reasoning, https://learn.microsoft.com/azure/ai-foundry/openai/how-to/reasoning
"""

from __future__ import annotations

import re
from typing import get_args

from providers._abilities import Ability
from providers._prompt import Effort, Prompt

OPENAI = re.compile(r"(?:.*/)?(?:ft:)?(?:gpt-|chatgpt|o\d|codex-)")
REASONING = re.compile(r"(?:.*/)?(?:ft:)?(?:o\d|gpt-[5-9](?!.*-chat)|codex-)")  # these take no temperature
RESPONSES_ONLY = re.compile(r"-(?:pro|codex|deep-research|cyber|law)(?:-|$)|^codex-|rosalind|daybreak")
NO_TOOLS_IN_CHAT = re.compile(r"gpt-(?:5\.(?:[2-9]|\d\d)|[6-9])(?!.*-chat)")  # unless they shall not reason
DEEP = re.compile(r"deep-research")
SAMPLING: frozenset[Ability] = frozenset({"top_p", "presence_penalty", "frequency_penalty"})
EXCEPTIONS: tuple[tuple[re.Pattern[str], frozenset[Ability]], ...] = (
    (REASONING, SAMPLING),
    (re.compile(r"(^|[/:])(o[34]|gpt-[5-9](?!.*-chat)|codex-)"), frozenset({"stop"})),
    (re.compile(r"(^|[/:])o\d"), frozenset({"parallel_tool_calls"})),
    (re.compile(r"(^|[/:])(o1-mini|o1-preview|o3-mini|gpt-3\.5|gpt-4(-0|-32k|$))"),
     frozenset({"images", "image_urls", "documents"})),
    (re.compile(r"(^|[/:])(o1-mini|o1-preview|gpt-3\.5|gpt-4(-|$))"), frozenset({"json_schema"})),
    (re.compile(r"(^|[/:])(o1-mini|o1-preview)"), frozenset({"tools", "tool_choice", "json_object"})),
    (DEEP, frozenset({"tools", "tool_choice", "parallel_tool_calls", "json_object", "json_schema"})),
    (re.compile(r"search-preview|search-api"), SAMPLING | {"seed", "stop", "parallel_tool_calls"}),
)  # fmt: skip
EFFORTS: tuple[tuple[re.Pattern[str], frozenset[Effort]], ...] = (  # the first whose name fits
    (re.compile(r"o1-mini|o1-preview"), frozenset()),
    (DEEP, frozenset({"medium"})),
    (re.compile(r"gpt-[6-9]"), frozenset(get_args(Effort))),
    (re.compile(r"gpt-5-pro"), frozenset({"high"})),
    (re.compile(r"gpt-5\.\d+-pro"), frozenset({"medium", "high", "xhigh"})),
    (re.compile(r"gpt-5(\.1)?-codex(?!-max)|(^|[/:])codex-"), frozenset({"low", "medium", "high"})),
    (re.compile(r"gpt-5\.\d+-codex"), frozenset({"low", "medium", "high", "xhigh"})),
    (re.compile(r"gpt-5\.1(?!\d)"), frozenset({"none", "low", "medium", "high"})),
    (re.compile(r"gpt-5\.\d"), frozenset({"none", "low", "medium", "high", "xhigh"})),
    (re.compile(r"gpt-5"), frozenset({"minimal", "low", "medium", "high"})),
    (re.compile(r""), frozenset({"low", "medium", "high"})),
)


def is_openai(model: str) -> bool:
    """Whether a model is called as OpenAI's are; nothing is known of others, such as a deployment of one's own name."""
    return OPENAI.match(model) is not None


def reasons(model: str) -> bool:
    """Whether a model of this name reasons before it answers."""
    return REASONING.match(model) is not None


def samples(prompt: Prompt, model: str) -> bool:
    """Whether temperature and its like may be sent: to a model that reasons only once it is told not to."""
    return not reasons(model) or (prompt.reasoning_effort == "none" and "none" in efforts(model))


def efforts(model: str) -> frozenset[Effort]:
    """The efforts that a model of this name knows."""
    return next(known for names, known in EFFORTS if names.search(model)) if reasons(model) else frozenset()


def lacking(prompt: Prompt, model: str) -> frozenset[Ability]:
    """What a model of this name does not take of what a prompt may ask for."""
    if not is_openai(model):
        return frozenset()
    found: frozenset[Ability] = frozenset().union(*(named for names, named in EXCEPTIONS if names.search(model)))
    if reasons(model) and samples(prompt, model):
        found -= SAMPLING
    if prompt.reasoning_effort is not None and prompt.reasoning_effort not in efforts(model):
        found |= {"reasoning_effort"}
    if prompt.reasoning_effort == "minimal":
        found |= {"parallel_tool_calls"}
    return found


def speaks_responses_alone(prompt: Prompt, model: str) -> bool:
    """Whether chat completions refuse this prompt to a model of this name, and Responses do not."""
    if RESPONSES_ONLY.search(model):
        return True
    return bool(prompt.tools) and prompt.reasoning_effort != "none" and NO_TOOLS_IN_CHAT.search(model) is not None
