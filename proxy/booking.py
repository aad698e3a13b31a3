"""The beginning of every usage record, and the whole of one that tells of a refusal."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

from providers import Operation
from proxy.call import Call, Connection
from proxy.errors import Refused
from proxy.host import Host, Ledger, LedgerUnavailable
from proxy.record import Record
from proxy.settling import settle

LONGEST = 255  # characters of what a caller wrote that are kept


def new_record(call: Call, attempt: int, connection: Connection | None, operation: Operation | None) -> Record:
    """A started record; what is not known yet is left empty."""
    record = Record(
        operation_id=call.operation_id,
        attempt=attempt,
        started_at=datetime.now(UTC),
        user_id=call.caller.user_id,
        source=call.source,
        provider=connection.target.kind if connection is not None else "",
        slug=connection.slug if connection is not None else call.slug.rpartition("/")[2][:LONGEST],
        operation=operation.name if operation is not None else "",
        endpoint=call.path[:LONGEST],
        method=call.method,
    )
    record.token_id, record.chat_id, record.origin = call.caller.token_id, call.chat_id, call.origin
    record.route_reason = None if call.route is None else call.route.reason
    if connection is not None:
        record.price_id = connection.adapter.price_list(None if operation is None else operation.model)
    if operation is not None:
        record.model, record.streamed = operation.model, operation.stream
    return record


async def book_refusal(record: Record, refused: Refused, host: Host) -> None:
    """Commit one record, attempt 0, of a call that went nowhere. The refusal stands even if it cannot be written."""
    record.status, record.error_type, record.http_status = "refused", refused.type, refused.status
    record.finished_at, record.duration_ms = datetime.now(UTC), 0.0
    host.observer.ended(record)
    with contextlib.suppress(LedgerUnavailable):
        await settle(_write(record, host.ledger))


async def _write(record: Record, ledger: Ledger) -> None:
    await ledger.open(record)
    await ledger.close(record)
