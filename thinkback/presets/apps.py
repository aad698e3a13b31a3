"""The Django application `presets`."""

from django.apps import AppConfig


class PresetsConfig(AppConfig):
    name = "thinkback.presets"
