"""Any service by its address: Ollama, LM Studio, vLLM, LiteLLM, a company's own gateway."""

from __future__ import annotations

from providers._anthropic_format import AnthropicFormat
from providers._base import Adapter, Field, Target
from providers._openai_format import OpenAIFormat

HELP = "Such as http://localhost:11434/v1 for Ollama, or http://localhost:1234/v1 for LM Studio."


class Traits:
    """What both formats of a custom service share."""

    kind = "custom"
    label = "Custom"
    speaker = "The service"
    needs_key = False
    base_url_help = HELP


class CustomOpenAI(Traits, OpenAIFormat):
    """A service that speaks OpenAI's format."""


class CustomAnthropic(Traits, AnthropicFormat):
    """A service that speaks Anthropic's format."""


class Custom(CustomOpenAI):
    """What the settings form draws; the configuration's `format` decides who speaks."""

    kind = "custom"

    def wire(self, target: Target) -> Adapter:
        """The adapter for the chosen request format."""
        return FORMATS.get(target.format, FORMATS["openai"])

    def fields(self) -> tuple[Field, ...]:
        """The common rows and the request format."""
        choices = (("openai", "OpenAI chat completions"), ("anthropic", "Anthropic messages"))
        return Field("format", "Request format", "choice", True, "openai", choices=choices), *super().fields()


FORMATS: dict[str, Adapter] = {"openai": CustomOpenAI(), "anthropic": CustomAnthropic()}
