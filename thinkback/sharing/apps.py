"""The Django application `sharing`."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "thinkback.sharing"
