"""Every provider that the contract is for, and the recordings of each format in which they answer."""

from __future__ import annotations

import types

import pytest

import providers
from providers import Adapter, Exchange, Message, OpenAIFormat, Prompt, Target
from providers._json import encode
from providers._plugins.discovery import adapters_in
from providers.compatible import Compatible
from tests.plugin import thinkback_example
from tests.providers.recorded import FOLDER

KEY = "sk-canary-0123456789abcdef0123456789abcdef"
MODEL = "some/model-1"
TURNS = (Message("user", "Hello"), Message("assistant", ""), Message("user", "你好"))
PROMPT = Prompt(MODEL, TURNS, "Be short.")
AT_HOME = {"ollama", "lmstudio"}


class Before(OpenAIFormat):
    """A plug-in of the time when a prompt was words alone: it words its requests itself, and states no ability."""

    kind = "before"
    label = "Before"
    base_url = "https://api.before.example/v1"
    takes = frozenset()

    def chat(self, prompt: Prompt) -> Exchange:
        """A request with words alone."""
        messages = [{"role": message.role, "content": message.text} for message in prompt.messages]
        messages.insert(0, {"role": "system", "content": prompt.system})
        body = {"model": prompt.model, "messages": messages, "stream": True}
        return Exchange("POST", "v1/chat/completions", {"content-type": "application/json"}, body=encode(body))


NEW = types.ModuleType("a_new_provider")
NEW.__dict__["ROW"] = Compatible("madeup", "Made up", "https://api.madeup.example/v1")
NEW.__dict__["Before"] = Before
Before.__module__ = NEW.__name__
ADAPTERS = [
    *providers.available(),
    *(providers.get("custom").wire(Target("custom", "", format)) for format in ("openai", "anthropic")),
    providers.get("azure").wire(Target("azure", "", "deployments")),
    providers.get("foundry").wire(Target("foundry", "", "models")),
    providers.get("azure").wire(Target("azure", "", options={"sign_in": "entra"})),
    providers.get("vertex").wire(Target("vertex", "", options={"project": "my-project"})),
    *adapters_in(NEW),
    *adapters_in(thinkback_example),
]
every = pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: f"{adapter.kind}-{adapter.shape}")

CHAT = {
    "text": "openai/chat.sse", "reasoning": "lmstudio/reasoning.sse", "one": "lmstudio/tools.sse",
    "parallel": "openai/tools.sse", "fragments": "openai/tools.sse", "failed": "openai/error_in_stream.sse",
    "401": "openai/error_401.json", "429": "openai/error_429_rate.json",
}  # fmt: skip
FORMATS = {  # by the reader of one alone: a recording of everything that the format can say
    "OpenAIReader": CHAT,
    "AnthropicReader": {
        "text": "anthropic/messages.sse", "reasoning": "anthropic/thinking_tools.sse", "one": "anthropic/tool.sse",
        "parallel": "anthropic/tools.sse", "fragments": "anthropic/tool.sse",
        "failed": "anthropic/error_in_stream.sse", "401": "anthropic/error_401.json", "429": "anthropic/error_429.json",
    },
    "GoogleReader": {  # Gemini sends the arguments of a call whole
        "text": "google/stream.sse", "reasoning": "google/stream.sse", "one": "google/tool.sse",
        "parallel": "google/tools.sse", "failed": "google/error_in_stream.sse", "400": "google/error_400_key.json",
        "429": "google/error_429.json",
    },
    "CohereReader": {
        "text": "cohere/chat.sse", "reasoning": "cohere/chat.sse", "one": "cohere/tool.sse",
        "parallel": "cohere/tools.sse", "fragments": "cohere/tool.sse", "failed": "cohere/error_in_stream.sse",
        "401": "cohere/error_401.json", "429": "cohere/error_429.json",
    },
    "OllamaReader": {  # Ollama too
        "text": "ollama/chat.ndjson", "reasoning": "ollama/thinking.ndjson", "one": "ollama/tool.ndjson",
        "parallel": "ollama/tools.ndjson", "failed": "ollama/error_in_stream.ndjson", "401": "ollama/error_401.json",
    },
    "BedrockReader": {
        "text": "bedrock/converse.eventstream", "reasoning": "bedrock/thinking_tools.eventstream",
        "one": "bedrock/tool.eventstream", "parallel": "bedrock/tools.eventstream",
        "fragments": "bedrock/tool.eventstream", "failed": "bedrock/error_in_stream.eventstream",
        "403": "bedrock/error_403_key.json", "429": "bedrock/error_429.json",
    },
}  # fmt: skip
RESPONSES = {
    "text": "openai/responses.sse", "reasoning": "openai/responses_tools.sse", "one": "openai/responses_tool.sse",
    "parallel": "openai/responses_tools.sse", "fragments": "openai/responses_tool.sse",
    "failed": "openai/responses_error.sse",
}  # fmt: skip

READS = {  # the readers of several formats
    "FamilyReader": (CHAT, RESPONSES),
    "FoundryReader": (CHAT, RESPONSES, FORMATS["AnthropicReader"]),
    "VertexReader": (FORMATS["GoogleReader"], FORMATS["AnthropicReader"]),
}
STEMS = {
    "text": "chat", "reasoning": "reasoning", "one": "tool", "parallel": "tools", "fragments": "tool",
    "failed": "error_in_stream", "401": "error_401", "429": "error_429",
}  # fmt: skip


def target_of(adapter: Adapter) -> Target:
    """A configuration with the default root, or with one of the user's own."""
    return Target(adapter.kind, adapter.base_url or "https://llm.example/v1")


def recordings_of(adapter: Adapter) -> tuple[dict[str, str], ...]:
    """The recordings of each format that this adapter reads; of a format of its own those that lie in its folder."""
    reader = type(adapter.reader()).__name__
    return READS.get(reader) or (FORMATS.get(reader) or recorded_for(adapter.kind),)


def recorded_for(kind: str) -> dict[str, str]:
    """What a provider's own recordings hold, by their names."""
    paths = {what: sorted(FOLDER.glob(f"{kind}/{stem}.*")) for what, stem in STEMS.items()}
    return {what: f"{kind}/{found[0].name}" for what, found in paths.items() if found}
