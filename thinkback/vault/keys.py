"""Storing, opening and forgetting keys. Nobody else sees ciphertext or a master key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from thinkback.vault.models import SealedKey
from thinkback.vault.sealing import Binding, Opener, Sealed, Unsealable, opens, unseal
from thinkback.vault.sealing import seal as seal_text

__all__ = [
    "Binding", "KEY_UNREADABLE", "KeyStatus", "Opener", "Sealed", "Unsealable", "ending_of", "find_sealed", "forget",
    "mark_used", "open_sealed", "seal", "status", "tried",
]  # fmt: skip

KEY_UNREADABLE = "key_unreadable"  # the code of the failure that a key cannot be opened
USED_AGAIN = timedelta(minutes=1)  # "last used" need not be more exact than this


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What may be told of a stored key. `readable` is False when its master key is not configured any more."""

    last_four: str
    created_at: datetime
    last_used_at: datetime | None
    readable: bool


def last_four(plaintext: str) -> str:
    """The end of a key, or of a key file, to recognise it by; nothing of one that four characters would give away."""
    plaintext = plaintext.rstrip('"}')
    return plaintext[-4:] if len(plaintext) >= 12 else ""


def seal(binding: Binding, plaintext: str) -> KeyStatus:
    """Store a key, in place of an earlier one."""
    sealed = seal_text(plaintext, binding, settings.MASTER_KEYS)
    row, _ = SealedKey.objects.update_or_create(
        ref=binding.ref,
        field=binding.field,
        defaults={
            "owner_id": binding.owner_id,
            "master_id": sealed.master_id,
            "salt": sealed.salt,
            "nonce": sealed.nonce,
            "ciphertext": sealed.ciphertext,
            "last_four": last_four(plaintext),
            "created_at": timezone.now(),
            "last_used_at": None,
        },
    )
    return told_of(row)


def open_sealed(binding: Binding) -> str:
    """The plaintext, for one attempt. Raises Unsealable, also where nothing is stored."""
    sealed = find_sealed(binding.ref, binding.field)
    if sealed is None:
        raise Unsealable("No key is stored.")
    return unseal(sealed, binding, settings.MASTER_KEYS)


def find_sealed(ref: str, field: str = "api_key") -> Sealed | None:
    """What is stored, still sealed, so that it may be kept in memory for a while."""
    row = SealedKey.objects.filter(ref=ref, field=field).first()
    if row is None:
        return None
    return sealed_in(row)


def sealed_in(row: SealedKey) -> Sealed:
    """The sealed side of a row."""
    return Sealed(row.master_id, bytes(row.salt), bytes(row.nonce), bytes(row.ciphertext))


def ending_of(connection_id: int) -> str:
    """How the stored key of a connection ends; empty where that is not known, or would give it away."""
    row = SealedKey.objects.filter(ref=f"connection:{connection_id}", field="api_key").first()
    return "" if row is None else row.last_four


def status(ref: str, field: str = "api_key") -> KeyStatus | None:
    """What may be told of a stored key; None where there is none."""
    row = SealedKey.objects.filter(ref=ref, field=field).first()
    return told_of(row) if row is not None else None


def tried(binding: Binding) -> KeyStatus | None:
    """The same after it was tried: a master key may have changed under its old name."""
    row = SealedKey.objects.filter(ref=binding.ref, field=binding.field).first()
    if row is None:
        return None
    return replace(told_of(row), readable=opens(sealed_in(row), binding, settings.MASTER_KEYS))


def told_of(row: SealedKey) -> KeyStatus:
    """The public side of a row."""
    return KeyStatus(row.last_four, row.created_at, row.last_used_at, row.master_id in dict(settings.MASTER_KEYS))


def mark_used(ref: str, field: str = "api_key") -> None:
    """Remember that a key was used now, at most once a minute."""
    now = timezone.now()
    rows = SealedKey.objects.filter(ref=ref, field=field)
    rows.exclude(last_used_at__gt=now - USED_AGAIN).update(last_used_at=now)


def forget(ref: str) -> None:
    """Delete every key of something."""
    SealedKey.objects.filter(ref=ref).delete()
