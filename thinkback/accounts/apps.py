"""The Django application `accounts`."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "thinkback.accounts"

    def ready(self) -> None:
        """Connect the signals, now that the models are there."""
        from thinkback.accounts import signals  # noqa: F401 - imports models, which exist only by now
