"""`check_storage`: writes, reads and deletes a small file where attachments are kept."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from thinkback.attachments import probing
from thinkback.attachments.files import StorageFailed


class Command(BaseCommand):
    help = "Check that attachments can be stored, read and deleted."

    def handle(self, *arguments: Any, **options: Any) -> None:
        try:
            probing.probe()
        except StorageFailed as error:
            raise CommandError(f"{error} {error.__cause__ or ''}".strip()) from None
        self.stdout.write("Files can be stored, read and deleted.")
