"""One transaction of the writer: many rows, one commit; a failing row does not fail its neighbours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

BUSY_MS = 50  # how long SQLite itself waits for a lock before we look again at who is still waiting

# SQLite's primary result codes (https://sqlite.org/rescode.html) that blame the surroundings, not the statement:
# NOMEM, READONLY, IOERR, FULL, CANTOPEN, BUSY, LOCKED, PROTOCOL
_SURROUNDINGS = frozenset({5, 6, 7, 8, 10, 13, 14, 15})
_Rows = list[Sequence[Any]]


class Unavailable(Exception):
    """The database cannot be written now: locked, full, gone."""


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """SQL with %s placeholders. `rest` is what to write where it changed no row; it gets that row's other values.

    Those `ahead` come first in their transaction, so that the others lie side by side and are one `executemany`.
    """

    sql: str
    rest: Statement | None = None
    ahead: bool = False


class WriteFailed(Exception):
    """A statement was not written: the database refused it, was locked for too long, or the writer does not run."""


@dataclass(slots=True, eq=False)
class Write:
    """One row that somebody waits for, in the database's own types. `done` is resolved when it is over."""

    statement: Statement
    params: Sequence[Any]
    done: asyncio.Future[None]
    rest: Callable[[], Sequence[Any]] | None = None
    due: float = 0.0  # by the loop's clock: then nobody waits any more


Outcome = tuple[Write, Exception | None]


def commit(writes: Sequence[Write]) -> list[Outcome]:
    """Commit these, together if possible. Raises Unavailable where none of them could be.

    After a failure that blames a row each is tried in a transaction of its own, not behind a savepoint:
    foreign keys are checked at the commit, where no savepoint can tell whose fault it was.
    """
    try:
        _together(writes)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a row must reach its owner, not kill the writer
        return [(writes[0], error)] if len(writes) == 1 else _singly(writes)
    return [(write, None) for write in writes]


def _singly(writes: Sequence[Write]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for write in writes:
        try:
            outcomes += commit([write])
        except Unavailable as error:
            if not outcomes:
                raise
            outcomes.append((write, error))
    return outcomes


def _together(writes: Sequence[Write]) -> None:
    try:
        _prepare()
        if connection.vendor == "sqlite":
            _on_sqlite(writes)
        else:
            _elsewhere(writes)
    except (OperationalError, InterfaceError) as error:
        if not _blames_surroundings(error):
            raise
        if not connection.in_atomic_block and not _usable():
            connection.close()
        raise Unavailable(str(error)) from error


def _on_sqlite(writes: Sequence[Write]) -> None:
    """Straight to the driver: Django's cursor and its transaction would cost more than SQLite itself."""
    raw = connection.connection
    with connection.wrap_database_errors:
        raw.execute("BEGIN IMMEDIATE")
        try:
            for statement, group in _grouped(writes):
                _write(raw, statement, group, _question_marks)
            raw.execute("COMMIT")
        except BaseException:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise


def _elsewhere(writes: Sequence[Write]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, group in _grouped(writes):
            _write(cursor, statement, group, str)


def _grouped(writes: Sequence[Write]) -> Iterable[tuple[Statement, list[Write]]]:
    """Equal statements that lie side by side, those `ahead` first: nobody closes a row and opens it afterwards."""
    first = [write for write in writes if write.statement.ahead]
    if first and len(first) < len(writes):
        writes = first + [write for write in writes if not write.statement.ahead]
    for statement, group in groupby(writes, key=attrgetter("statement")):
        yield statement, list(group)


def _write(target: Any, statement: Statement, group: list[Write], spell: Callable[[str], str]) -> None:
    """Execute for each row of a group; `target` is a cursor, or SQLite's connection."""
    rows: _Rows = [write.params for write in group]
    done = _execute(target, spell(statement.sql), rows)
    if statement.rest is not None and done < len(rows):
        # which of them it was costs a question more; to write all of them again is harmless
        others = [write.rest() for write in group if write.rest is not None]
        _execute(target, spell(statement.rest.sql), others)


def _execute(target: Any, sql: str, rows: _Rows) -> int:
    """How many rows were changed."""
    answer = target.execute(sql, rows[0]) if len(rows) == 1 else target.executemany(sql, rows)
    return int((target if answer is None else answer).rowcount)


@lru_cache(maxsize=64)
def _question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


def _prepare() -> None:
    """A fresh connection: keep SQLite's own waiting short, so that nobody waits past his deadline."""
    if connection.connection is None:
        connection.connect()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")


def _usable() -> bool:
    return connection.connection is not None and connection.is_usable()


def _blames_surroundings(error: Exception) -> bool:
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or code & 0xFF in _SURROUNDINGS


def adapt(params: Iterable[Any]) -> list[Any]:
    """Python values as this database takes them in plain SQL: UUID, aware datetime, JSON (dict, list)."""
    return [_ADAPTERS[type(value)](value) if type(value) in _ADAPTERS else value for value in params]


def _uuid(value: UUID) -> Any:
    return value if connection.features.has_native_uuid_field else value.hex


_ADAPTERS: dict[type, Callable[[Any], Any]] = {
    UUID: _uuid,
    datetime: lambda value: connection.ops.adapt_datetimefield_value(value),
    dict: lambda value: connection.ops.adapt_json_value(value, None),
    list: lambda value: connection.ops.adapt_json_value(value, None),
}
