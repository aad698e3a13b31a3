"""The trail of what happened to accounts, tokens and keys."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from uuid import UUID

from django.http import HttpRequest

from thinkback.accounts.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Where:
    """From where something was done, as far as it is known."""

    ip: str | None = None
    origin: str = ""
    operation_id: UUID | None = None

    @classmethod
    def of(cls, request: HttpRequest | None) -> Where:
        """Where a request came from; nothing for a command at the console."""
        if request is None:
            return cls()
        return cls(ip=_address(request.META.get("REMOTE_ADDR", "")), origin=request.headers.get("Origin", "")[:255])


def record(action: str, user_id: int | None, subject: str = "", where: Where | None = None) -> AuditEntry:
    """Write one entry. `subject` names what was acted on and never holds a secret."""
    where = where or Where()
    return AuditEntry.objects.create(
        action=action,
        user_id=user_id,
        subject=subject[:200],
        origin=where.origin,
        ip=where.ip,
        operation_id=where.operation_id,
    )


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None  # a Unix socket
