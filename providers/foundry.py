"""Azure AI Foundry: models of many makers at one address. https://learn.microsoft.com/azure/ai-foundry/foundry-models"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from providers._abilities import Ability
from providers._anthropic.format import AnthropicFormat
from providers._anthropic.reader import EVENTS, AnthropicReader
from providers._azure.format import AzureFormat
from providers._base import Adapter, Exchange, Reader, Shape
from providers._events import Event
from providers._json import decode_object, encode
from providers._openai.family import FamilyReader
from providers._openai.rules import is_openai
from providers._prompt import Prompt

CLAUDE = AnthropicFormat()


class Foundry(AzureFormat):
    """One resource, `https://NAME.services.ai.azure.com`. Claude speaks Anthropic's format there, and that alone."""

    kind = "foundry"
    label = "Azure AI Foundry"
    key_url = "https://ai.azure.com"
    base_url_help = "Of your resource, like https://NAME.services.ai.azure.com"
    apis = (("v1", "v1"), ("models", "Model inference, with an API version"))
    roots = frozenset({"openai", "models", "anthropic"})
    dated_roots = frozenset({"openai", "models"})
    dated = "2024-05-01-preview"
    forwarded = AzureFormat.forwarded | AnthropicFormat.forwarded
    terminals = (*AzureFormat.terminals, *AnthropicFormat.terminals)

    def key_headers(self, key: str) -> dict[str, str]:
        """A key goes in a second header, too, which is Anthropic's: the only one that Claude is sure to read."""
        headers = super().key_headers(key)
        return headers if self.grants else {**headers, "x-api-key": key}

    def asked_at(self, path: str, deployment: str) -> str:
        """Where this API is asked for."""
        return f"models/{path}" if self.api == "models" else super().asked_at(path, deployment)

    def is_claude(self, deployment: str) -> bool:
        """Whether a deployment runs a model of Anthropic's, by its own name or that of its model."""
        return "claude" in self.runs(deployment).lower()

    def lacks(self, prompt: Prompt) -> tuple[Ability, ...]:
        """What this prompt needs and its model cannot do."""
        if self.is_claude(prompt.model):
            return CLAUDE.lacks(replace(prompt, model=self.runs(prompt.model)))
        return super().lacks(prompt)

    def chat(self, prompt: Prompt) -> Exchange:
        """A streaming chat request in the format that the model speaks."""
        if not self.is_claude(prompt.model):
            return super().chat(prompt)
        asked = CLAUDE.chat(replace(prompt, model=self.runs(prompt.model)))
        body = {**decode_object(asked.body), "model": prompt.model}
        return replace(asked, path=f"anthropic/{asked.path}", body=encode(body))

    def parameters(self, prompt: Prompt) -> dict[str, Any]:
        """The maximum of tokens under the name that the model's maker knows: all but OpenAI know `max_tokens` alone."""
        stated = super().parameters(prompt)
        if "max_completion_tokens" in stated and not is_openai(self.runs(prompt.model)):
            stated["max_tokens"] = stated.pop("max_completion_tokens")
        return stated

    def shape_at(self, path: str) -> Shape:
        """A broken stream of Claude ends with an error in Anthropic's shape."""
        return "anthropic" if "anthropic/" in path else self.shape

    def reader(self) -> Reader:
        """A fresh reader of one answer in either format."""
        return FoundryReader(self)

    def ends(self, document: Mapping[str, Any]) -> bool:
        """As at OpenAI, or as at Anthropic."""
        return super().ends(document) or CLAUDE.ends(document)


class FoundryReader(FamilyReader):
    """Tells the formats apart by each event."""

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._claude = AnthropicReader(adapter)

    def events(self, document: Mapping[str, Any]) -> Iterator[Event]:
        """What one event says."""
        return self._claude.events(document) if document.get("type") in EVENTS else super().events(document)
