"""OpenAI. https://platform.openai.com/docs/api-reference"""

from __future__ import annotations

import re
from typing import Any

from providers._base import Field, Model, Target
from providers._events import Prompt
from providers._openai_format import OpenAIFormat

REASONING = re.compile(r"(?:.*/)?(?:ft:)?(?:o\d|gpt-5(?!.*-chat))")  # these take no temperature
RESPONSES_ONLY = re.compile(r"-(?:pro|codex|deep-research)(?:-|$)|^codex-")  # listed, but not for chat completions


class OpenAI(OpenAIFormat):
    """Chat completions of OpenAI itself."""

    kind = "openai"
    label = "OpenAI"
    base_url = "https://api.openai.com/v1"
    key_url = "https://platform.openai.com/api-keys"
    key_prefixes = ("sk-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-")
    price_id = "openai"

    def fields(self) -> tuple[Field, ...]:
        """The common rows, and which account of several pays."""
        return (
            *super().fields(),
            Field("organization", "Organization", help="Only for keys of several organizations, such as org-…"),
            Field("project", "Project", help="Only for keys of several projects, such as proj_…"),
        )

    def headers(self, target: Target) -> dict[str, str]:
        """The configuration's own headers, with organisation and project."""
        accounts = {
            "openai-organization": target.options.get("organization", ""),
            "openai-project": target.options.get("project", ""),
        }
        return {name: value for name, value in accounts.items() if value} | super().headers(target)

    def parameters(self, prompt: Prompt) -> dict[str, Any]:
        """`max_tokens` has a new name here, and reasoning models refuse a temperature."""
        stated = super().parameters(prompt)
        if "max_tokens" in stated:
            stated["max_completion_tokens"] = stated.pop("max_tokens")
        if REASONING.match(prompt.model):
            stated.pop("temperature", None)
        return stated

    def read_models(self, body: bytes) -> list[Model]:
        """The models that can chat. Raises ProviderError on nonsense."""
        return [model for model in super().read_models(body) if not RESPONSES_ONLY.search(model.id)]
