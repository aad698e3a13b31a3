"""The Django application `connections`."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "thinkback.connections"
