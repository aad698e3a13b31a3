"""Services that speak OpenAI's format: one row each. A new row is the whole change for a new provider."""

from __future__ import annotations

from dataclasses import dataclass

from providers._openai_format import OpenAIFormat


@dataclass(frozen=True, slots=True, eq=False)
class Compatible(OpenAIFormat):
    """One service. `asks_for_usage` is false where streams report usage unasked, or the question is refused."""

    kind: str
    label: str
    base_url: str
    key_url: str = ""
    key_prefixes: tuple[str, ...] = ()
    price_id: str | None = None
    asks_for_usage: bool = True
    states_cost: bool = False
    forwarded: frozenset[str] = OpenAIFormat.forwarded


SERVICES = (
    Compatible(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        "https://openrouter.ai/settings/keys",
        ("sk-or-",),
        "openrouter",
        asks_for_usage=False,
        states_cost=True,
        forwarded=OpenAIFormat.forwarded | {"http-referer", "x-title"},
    ),
    Compatible(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com",
        "https://platform.deepseek.com/api_keys",
        price_id="deepseek",
    ),
    Compatible(
        "moonshot",
        "Moonshot (Kimi)",
        "https://api.moonshot.ai/v1",
        "https://platform.moonshot.ai/console/api-keys",
        price_id="moonshotai",
        asks_for_usage=False,
    ),
    Compatible(
        "qwen",
        "Qwen",
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
        "https://modelstudio.console.alibabacloud.com/?tab=api-key",
    ),
    Compatible(
        "mistral",
        "Mistral",
        "https://api.mistral.ai/v1",
        "https://console.mistral.ai/api-keys",
        price_id="mistral",
        asks_for_usage=False,
    ),
    Compatible(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        "https://console.groq.com/keys",
        ("gsk_",),
        "groq",
        asks_for_usage=False,
    ),
    Compatible("xai", "xAI", "https://api.x.ai/v1", "https://console.x.ai", ("xai-",), "x-ai", states_cost=True),
)
