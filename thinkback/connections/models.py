"""What a user has set up: one row per provider configuration. Keys live in the vault, never here."""

from __future__ import annotations

from django.conf import settings
from django.db import models as db


class Connection(db.Model):
    """One provider configuration of one user. `base_url` empty = the adapter's own default."""

    user = db.ForeignKey(settings.AUTH_USER_MODEL, on_delete=db.CASCADE, related_name="connections")
    slug = db.CharField(max_length=64)
    kind = db.CharField(max_length=64)  # plain text: a new provider needs no migration
    name = db.CharField(max_length=100)
    base_url = db.CharField(max_length=500, blank=True, default="")
    format = db.CharField(max_length=20, blank=True, default="")
    headers = db.JSONField(default=dict, blank=True)  # {name: value}, none of them secret
    options = db.JSONField(default=dict, blank=True)  # {field of the adapter: text}
    fallbacks = db.JSONField(default=list, blank=True)  # [{slug, model or null}], asked in order (`chains`)
    pins = db.JSONField(default=list, blank=True)  # of certificates: base64 of SHA-256
    default_model = db.CharField(max_length=200, blank=True, default="")
    enabled = db.BooleanField(default=True)
    models = db.JSONField(default=list, blank=True)  # as fetched: providers.Model as dict; `by_hand` where typed in
    models_fetched_at = db.DateTimeField(null=True, blank=True)
    hidden_models = db.JSONField(default=list, blank=True)  # their ids
    favourite_models = db.JSONField(default=list, blank=True)  # their ids
    remaining = db.JSONField(default=dict, blank=True)  # what is left there (`balances`); empty where it is unknown
    verified_at = db.DateTimeField(null=True, blank=True)
    failing_since = db.DateTimeField(null=True, blank=True)
    last_error = db.CharField(max_length=500, blank=True, default="")
    created_at = db.DateTimeField(auto_now_add=True)
    updated_at = db.DateTimeField(auto_now=True)

    class Meta:
        """One slug per user: it is the address of the configuration."""

        constraints = [db.UniqueConstraint(fields=["user", "slug"], name="one_slug_per_user")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"
