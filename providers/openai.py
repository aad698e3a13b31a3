"""OpenAI. https://platform.openai.com/docs/api-reference"""

from __future__ import annotations

from providers._base import Adapter, Field, Model, Target
from providers._openai.family import OpenAIModels, drawing_models

SUMMARIES = Field(
    "reasoning_summaries", "Reasoning", "choice", choices=(("", "Keep it hidden"), ("on", "Show a summary")),
    help="Of models that reason, in the chat and the unified API. OpenAI wants the organization verified for it.",
)  # fmt: skip


class OpenAI(OpenAIModels):
    """Chat completions of OpenAI itself."""

    kind = "openai"
    label = "OpenAI"
    base_url = "https://api.openai.com/v1"
    key_url = "https://platform.openai.com/api-keys"
    key_prefixes = ("sk-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-")
    price_id = "openai"

    def __init__(self, summarises: bool = False) -> None:
        self.summarises = summarises

    def wire(self, target: Target) -> Adapter:
        """The adapter that asks for what the configuration wants to see."""
        return CHOSEN.get(target.options.get(SUMMARIES.name, ""), self)

    def fields(self) -> tuple[Field, ...]:
        """The common rows, what is shown of the reasoning, and which account of several pays."""
        return (
            *super().fields(),
            SUMMARIES,
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

    def read_models(self, body: bytes) -> list[Model]:
        """The models that can chat, then those that draw. Raises ProviderError on nonsense."""
        return super().read_models(body) + drawing_models(self.listed(body, "data"))


CHOSEN = {"on": OpenAI(summarises=True)}
