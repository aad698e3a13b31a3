"""What is remembered of the last contact with a provider."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from providers import Model
from thinkback.connections import catalogue
from thinkback.connections.models import Connection

LONGEST = 500


def succeeded(row_id: int) -> None:
    """The configuration works: verified now."""
    Connection.objects.filter(pk=row_id).update(verified_at=timezone.now(), failing_since=None, last_error="")


def failed(row_id: int, message: str) -> None:
    """The configuration does not work; the first failure's time is kept until it does again."""
    since = Coalesce(F("failing_since"), Value(timezone.now()))
    Connection.objects.filter(pk=row_id).update(failing_since=since, last_error=message[:LONGEST])


def fetched(row_id: int, models: Sequence[Model] | None) -> None:
    """The list of models as it is now; None = the service has no list, which is not asked for again soon."""
    row = Connection.objects.filter(pk=row_id).first()
    if row is None:
        return
    kept = row.models if models is None else catalogue.after_fetch(row, models)
    Connection.objects.filter(pk=row_id).update(models=kept, models_fetched_at=timezone.now())
