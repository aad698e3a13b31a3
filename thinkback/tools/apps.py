"""The Django application `tools`."""

from django.apps import AppConfig


class ToolsConfig(AppConfig):
    name = "thinkback.tools"
