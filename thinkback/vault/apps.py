"""The Django application `vault`."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "thinkback.vault"
