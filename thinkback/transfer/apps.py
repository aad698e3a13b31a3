"""The Django application `transfer`."""

from django.apps import AppConfig


class TransferConfig(AppConfig):
    name = "thinkback.transfer"
