"""Anthropic. https://docs.anthropic.com/en/api"""

from __future__ import annotations

from providers._anthropic.format import AnthropicFormat
from providers._anthropic.prompt_cache import KEPT, TIMES, kept
from providers._base import Adapter, Field, Target


class Anthropic(AnthropicFormat):
    """Messages of Anthropic itself."""

    kind = "anthropic"
    label = "Anthropic"
    base_url = "https://api.anthropic.com"
    key_url = "https://console.anthropic.com/settings/keys"
    key_prefixes = ("sk-ant-",)
    price_id = "anthropic"

    def __init__(self, prompt_cache: str = "") -> None:
        self.prompt_cache = prompt_cache

    def wire(self, target: Target) -> Adapter:
        """The adapter that keeps prompts as long as the configuration says."""
        return KEEPING.get(kept(target.options), self)

    def fields(self) -> tuple[Field, ...]:
        """The common rows, and how long prompts are kept."""
        return *super().fields(), KEPT


KEEPING = {time: Anthropic(time) for time in TIMES}
