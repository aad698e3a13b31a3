"""The Django application `agents`."""

from django.apps import AppConfig
from django.conf import settings


class AgentsConfig(AppConfig):
    name = "thinkback.agents"

    def ready(self) -> None:
        """Offer the agents that the administrator has turned on."""
        import providers
        from thinkback.agents.adapters import adapters

        providers.bring(adapters(settings.AGENTS))
