"""Azure OpenAI: the v1 API, and the older one by deployments. https://learn.microsoft.com/azure/ai-foundry/openai"""

from __future__ import annotations

from providers._azure.format import AzureFormat


class Azure(AzureFormat):
    """One resource, `https://NAME.openai.azure.com`."""

    kind = "azure"
    label = "Azure OpenAI"
    key_url = "https://portal.azure.com"
    base_url_help = "Of your resource, like https://NAME.openai.azure.com"
    apis = (("v1", "v1"), ("deployments", "Deployments, with an API version"))
