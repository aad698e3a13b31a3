"""Azure AI Foundry: models of many makers at one address. https://learn.microsoft.com/azure/ai-foundry/foundry-models"""

from __future__ import annotations

import re
from typing import Any

from providers._azure_format import AzureFormat
from providers._events import Prompt

OPENAI = re.compile(r"gpt-|chatgpt|o\d")  # the others know `max_tokens` alone


class Foundry(AzureFormat):
    """One resource, `https://NAME.services.ai.azure.com`."""

    kind = "foundry"
    label = "Azure AI Foundry"
    key_url = "https://ai.azure.com"
    base_url_help = "Of your resource, like https://NAME.services.ai.azure.com"
    apis = (("v1", "v1"), ("models", "Model inference, with an API version"))
    roots = frozenset({"openai", "models", "anthropic"})
    dated_roots = frozenset({"openai", "models"})
    dated = "2024-05-01-preview"

    def chat_path(self, deployment: str) -> str:
        """Where chat completions are asked for."""
        return "models/chat/completions" if self.api == "models" else super().chat_path(deployment)

    def parameters(self, prompt: Prompt) -> dict[str, Any]:
        """The maximum of tokens under the name that the model's maker knows."""
        stated = super().parameters(prompt)
        model = self.deployments.get(prompt.model, prompt.model)
        if "max_completion_tokens" in stated and OPENAI.match(model) is None:
            stated["max_tokens"] = stated.pop("max_completion_tokens")
        return stated
