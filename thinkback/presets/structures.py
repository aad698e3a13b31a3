"""The forms that an answer can be asked for in, as JSON Schemas; asking in words whoever takes no schema."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from providers import JsonAnswer, Prompt

SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True, slots=True)
class Structure:
    """A form of answers: what a prompt asks for. How one is shown is the chat's matter."""

    label: str | Promise
    format: JsonAnswer


def _object(**properties: Any) -> dict[str, Any]:
    """As strict services want it: every property is required, and there is no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


FINDING = _object(
    severity={"type": "string", "enum": list(SEVERITIES)},
    file={"type": ["string", "null"], "description": "the file's path, null where there is none"},
    line={"type": ["integer", "null"], "description": "the line in that file, null where it is not known"},
    title={"type": "string", "description": "the problem in one short sentence"},
    explanation={"type": "string", "description": "why it is one, in Markdown"},
    suggestion={"type": "string", "description": "what to do, in Markdown with code; may be empty"},
)
REVIEW = _object(
    summary={"type": "string", "description": "the verdict in one or two sentences"},
    findings={"type": "array", "items": FINDING, "description": "the worst first; empty where all is well"},
)
STRUCTURES = {
    "review": Structure(
        _("Findings of a code review"), JsonAnswer(REVIEW, "code_review", "The findings of a code review.", strict=True)
    ),
}
IN_WORDS = "Answer with one JSON object and nothing else: no words before or after it, no code fence."


def instructed(prompt: Prompt) -> Prompt:
    """The same prompt, which asks for its form of answer in words instead."""
    wanted = prompt.response_format
    if wanted is None:
        return prompt
    words = IN_WORDS
    if wanted.schema is not None:
        words += f" It must fit this JSON Schema:\n{json.dumps(wanted.schema, separators=(',', ':'))}"
    return replace(prompt, response_format=None, system=f"{prompt.system}\n\n{words}".strip())
