"""Brings the catalogues in step with the texts of the site."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from thinkback.languages import catalogues


class Command(BaseCommand):
    """`messages` collects and compiles; `messages --missing` lists what has no translation yet."""

    help = "Collects every text into thinkback/locale, and compiles the translations there. Needs Babel."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one choice."""
        parser.add_argument("--missing", action="store_true", help="list what has no translation yet, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the files, and tell how much is missing."""
        missing = catalogues.update()
        if options["missing"]:
            self.stdout.write(catalogues.as_json(missing))
            return
        for code, texts in missing.items():
            self.stdout.write(f"{code}: {len(texts)} texts without a translation")
