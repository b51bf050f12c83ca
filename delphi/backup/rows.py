"""Rows of tables as lines of text that both databases read: what is written here is read back here."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    Insert,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    bindparam,
    cast,
    type_coerce,
)
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from delphi.migrations import REVISION_TABLE

AT_ONCE = 2000  # rows in memory


@dataclass
class Digest:
    """The sum of the rows' SHA-256: the same in whatever order a database gives them."""

    rows: int = 0
    total: int = 0

    def add(self, line: str) -> None:
        """Take a row's line along."""
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line.encode()).digest())) % 2**256

    @property
    def hexadecimal(self) -> str:
        """64 digits."""
        return f"{self.total:064x}"


def tables_of(connection: Connection) -> list[Table]:
    """Look up the tables as they are in the database, parents first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != REVISION_TABLE]


def columns_of(table: Table) -> list[str]:
    """Names of a table's columns, in an order that no database and no upgrade changes."""
    return sorted(table.columns.keys())


def lines(connection: Connection, table: Table) -> Iterator[str]:
    """Read a table's rows as lines: a JSON list each, in the order of the key."""
    columns = [_as_read(table.columns[name]) for name in columns_of(table)]
    query = table.select().with_only_columns(*columns).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        yield json.dumps([_text_of(value) for value in row], ensure_ascii=False, separators=(",", ":"))


def _as_read(column: Column[Any]) -> ColumnElement[Any]:
    """JSON is kept to the letter, for hashes stand over it."""
    return cast(column, Text) if isinstance(column.type, JSON) else column


def _text_of(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def insert(connection: Connection, table: Table, columns: Sequence[str], texts: Iterable[str]) -> None:
    """Put lines of a table into it.

    Raises
    ------
    KeyError
        The table has no column of a name.
    """
    readers = [_reader(table.columns[name], connection.dialect.name) for name in columns]
    batch: list[Mapping[str, Any]] = []
    statement = _statement(table, columns, connection.dialect.name)
    for text in texts:
        values = [read(value) for read, value in zip(readers, json.loads(text), strict=True)]
        batch.append(dict(zip(columns, values, strict=True)))
        if len(batch) == AT_ONCE:
            connection.execute(statement, batch)
            batch = []
    if batch:
        connection.execute(statement, batch)


def _statement(table: Table, columns: Sequence[str], dialect: str) -> Insert:
    values: dict[str, ColumnElement[Any]] = {}
    for name in columns:
        kind = table.columns[name].type
        if not isinstance(kind, JSON):
            values[name] = bindparam(name, type_=kind)
        else:
            plain: ColumnElement[Any] = bindparam(name, type_=Text)
            values[name] = type_coerce(plain, Text) if dialect == "sqlite" else cast(plain, kind)
    return table.insert().values(values)


def _reader(column: Column[Any], dialect: str) -> Callable[[Any], Any]:
    read = next((read for kind, read in READERS.items() if isinstance(column.type, kind)), lambda value: value)
    if isinstance(column.type, DateTime) and dialect == "sqlite":
        read = _without_zone  # SQLite stores none: all are in UTC
    return lambda value: None if value is None else read(value)


def _without_zone(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


READERS: dict[type[TypeEngine[Any]], Callable[[Any], Any]] = {
    DateTime: datetime.fromisoformat,
    Date: date.fromisoformat,
    Uuid: UUID,
    LargeBinary: base64.b64decode,
}
