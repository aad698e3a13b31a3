"""Sealed keys. Only `sealing.py` and `keys.py` look inside."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SealedKey(models.Model):
    """One secret of one owner: ciphertext, and what is needed to open it but for the master key."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sealed_keys")
    ref = models.CharField(max_length=100)  # what it belongs to, such as "connection:12"
    field = models.CharField(max_length=50)
    master_id = models.CharField(max_length=50)
    salt = models.BinaryField(max_length=16)
    nonce = models.BinaryField(max_length=12)
    ciphertext = models.BinaryField()
    last_four = models.CharField(max_length=4)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ref", "field"], name="one_key_per_field")]

    def __str__(self) -> str:
        return f"{self.field} of {self.ref}"
