"""The Django application `thinkback`: commands and checks that belong to no part of the site."""

from django.apps import AppConfig


class ThinkBackConfig(AppConfig):
    name = "thinkback"

    def ready(self) -> None:
        """Register the checks."""
        from thinkback import checks  # noqa: F401  lazy: registering needs the applications loaded
