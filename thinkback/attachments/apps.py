"""The Django application `attachments`."""

from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "thinkback.attachments"

    def ready(self) -> None:
        """Files go when their rows go."""
        from thinkback.attachments import forgetting  # noqa: F401 - its receivers
