"""What is kept of usage: one row per upstream attempt, and the server runs that wrote them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from proxy.call import new_id


class Boot(models.Model):
    """One run of one server process. Its lock file or, from another machine, its heartbeat says whether it lives."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    host = models.CharField(max_length=255)
    pid = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


class Attempt(models.Model):
    """One upstream attempt: `proxy.record.Record` as it is stored.

    Unknown is NULL, never 0. Money is whole pico-dollars (1e-12 USD), because DecimalField is a float on SQLite.
    Rows are written by `usage.writer` in plain SQL (`usage.rows`), never through `save()`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    operation_id = models.UUIDField()
    attempt = models.PositiveSmallIntegerField()
    boot_id = models.UUIDField()
    started_at = models.DateTimeField()
    # quarters of an hour since 1970, UTC: every time zone's days and hours begin on one, so reports fold these
    quarter = models.PositiveIntegerField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # no constraint in the database: a person deleted in mid-answer must not make the others' commit fail
    # no index of its own: that of the newest serves; each one is a page more to write in every commit
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="attempts", db_constraint=False, db_index=False
    )
    token_id = models.BigIntegerField(null=True, blank=True)
    chat_id = models.UUIDField(null=True, blank=True)
    source = models.CharField(max_length=16)
    provider = models.CharField(max_length=64)
    slug = models.CharField(max_length=100)
    operation = models.CharField(max_length=64)
    endpoint = models.CharField(max_length=300)
    method = models.CharField(max_length=16)
    status = models.CharField(max_length=16)
    model = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - unknown is NULL
    response_model = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    error_type = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    http_status = models.PositiveIntegerField(null=True, blank=True)
    input_tokens = models.BigIntegerField(null=True, blank=True)
    cache_read_tokens = models.BigIntegerField(null=True, blank=True)
    cache_write_tokens = models.BigIntegerField(null=True, blank=True)
    cache_write_1h_tokens = models.BigIntegerField(null=True, blank=True)
    output_tokens = models.BigIntegerField(null=True, blank=True)
    reasoning_tokens = models.BigIntegerField(null=True, blank=True)
    tokens_source = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001
    raw_usage = models.JSONField(null=True, blank=True)
    service_tier = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    cost_pico = models.BigIntegerField(null=True, blank=True)
    saved_pico = models.BigIntegerField(null=True, blank=True)
    cost_source = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001
    price_version = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001
    ttft_ms = models.FloatField(null=True, blank=True)
    duration_ms = models.FloatField(null=True, blank=True)
    streamed = models.BooleanField(default=False, db_default=False)
    origin = models.CharField(max_length=300, null=True, blank=True)  # noqa: DJ001
    route_reason = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001
    provider_request_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation_id", "attempt"], name="usage_one_row_per_attempt")]
        indexes = [
            models.Index("user", models.F("started_at").desc(), name="usage_user_newest"),
            models.Index(fields=["started_at"], name="usage_started_at"),
            models.Index(fields=["boot_id"], condition=models.Q(status="started"), name="usage_open_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.model or self.operation} {self.status}"
