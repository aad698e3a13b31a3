"""The Django application `languages`."""

from django.apps import AppConfig


class LanguagesConfig(AppConfig):
    name = "thinkback.languages"
