"""The Django application `chat`."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "thinkback.chat"
