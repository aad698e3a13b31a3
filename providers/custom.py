"""Any service by its address: Ollama, LM Studio, vLLM, LiteLLM, a company's own gateway."""

from __future__ import annotations

from functools import lru_cache

from providers._anthropic.format import AnthropicFormat
from providers._base import Adapter, Field, Target
from providers._credentials.sign_in import FIELDS, Options, SignIn, settings_of
from providers._openai.format import OpenAIFormat
from providers._openai.layouts import FORMATS

HELP = "Such as http://localhost:11434/v1 for Ollama, or http://localhost:1234/v1 for LM Studio."


class Traits:
    """What both formats of a custom service share."""

    kind = "custom"
    label = "Custom"
    speaker = "The service"
    needs_key = False
    base_url_help = HELP


class CustomOpenAI(Traits, SignIn, OpenAIFormat):
    """A service that speaks OpenAI's format, its turns laid out in one of the ways in which models want them."""

    def __init__(self, message_format: str = "openai", settings: Options = ()) -> None:
        super().__init__(settings)
        self.message_format = message_format


class CustomAnthropic(Traits, SignIn, AnthropicFormat):
    """A service that speaks Anthropic's format."""


class Custom(CustomOpenAI):
    """What the settings form draws; the configuration's `format` decides who speaks."""

    kind = "custom"

    def wire(self, target: Target) -> Adapter:
        """The adapter for the chosen request format and sign-in."""
        named = target.options.get("message_format", "")
        return speaker(target.format, named if named in FORMATS else "openai", settings_of(target.options))

    def fields(self) -> tuple[Field, ...]:
        """The common rows and the request format."""
        choices = (("openai", "OpenAI chat completions"), ("anthropic", "Anthropic messages"))
        return (
            Field("format", "Request format", "choice", True, "openai", choices=choices),
            *super().fields(),
            MESSAGES,
            *FIELDS,
        )


MESSAGES = Field(
    "message_format", "Messages", "choice",
    choices=(("", "As they are"), ("r1", "Roles in turn, no system message"), ("simple", "Plain text, none empty")),
    help="How a chat is laid out for this server, in OpenAI’s format. Only for models that refuse the usual way.",
)  # fmt: skip


@lru_cache(maxsize=256)
def speaker(format: str, message_format: str, settings: Options) -> Adapter:
    """The one that speaks so: remembered, since adapters never change."""
    return CustomAnthropic(settings) if format == "anthropic" else CustomOpenAI(message_format, settings)
