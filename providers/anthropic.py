"""Anthropic. https://docs.anthropic.com/en/api"""

from __future__ import annotations

from providers._anthropic_format import AnthropicFormat


class Anthropic(AnthropicFormat):
    """Messages of Anthropic itself."""

    kind = "anthropic"
    label = "Anthropic"
    base_url = "https://api.anthropic.com"
    key_url = "https://console.anthropic.com/settings/keys"
    key_prefixes = ("sk-ant-",)
    price_id = "anthropic"
