"""The Django application `usage`."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "thinkback.usage"
