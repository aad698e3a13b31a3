"""Any service by its address: Ollama, LM Studio, vLLM, LiteLLM, a company's own gateway."""

from __future__ import annotations

from providers._anthropic_format import AnthropicFormat
from providers._base import Adapter, Field, Target
from providers._message_formats import FORMATS
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
    """A service that speaks OpenAI's format, its turns laid out in one of the ways in which models want them."""

    def __init__(self, message_format: str = "openai") -> None:
        self.message_format = message_format


class CustomAnthropic(Traits, AnthropicFormat):
    """A service that speaks Anthropic's format."""


class Custom(CustomOpenAI):
    """What the settings form draws; the configuration's `format` decides who speaks."""

    kind = "custom"

    def wire(self, target: Target) -> Adapter:
        """The adapter for the chosen request format."""
        if target.format == "anthropic":
            return ANTHROPIC
        return OPENAI.get(target.options.get("message_format", ""), OPENAI["openai"])

    def fields(self) -> tuple[Field, ...]:
        """The common rows and the request format."""
        choices = (("openai", "OpenAI chat completions"), ("anthropic", "Anthropic messages"))
        return Field("format", "Request format", "choice", True, "openai", choices=choices), *super().fields(), MESSAGES


MESSAGES = Field(
    "message_format", "Messages", "choice",
    choices=(("", "As they are"), ("r1", "Roles in turn, no system message"), ("simple", "Plain text, none empty")),
    help="How a chat is laid out for this server, in OpenAI’s format. Only for models that refuse the usual way.",
)  # fmt: skip
OPENAI = {name: CustomOpenAI(name) for name in FORMATS}
ANTHROPIC = CustomAnthropic()
