"""The Django application `search`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    name = "thinkback.search"

    def ready(self) -> None:
        """Look after the index whenever the database was migrated: SQLite loses triggers with a table made anew."""
        from thinkback.search import index  # lazy: the models must be there

        post_migrate.connect(index.after_migration, sender=self)
