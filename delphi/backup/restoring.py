"""Restoring a backup into an empty place, and comparing what arrived with what was written."""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Table, func, inspect, select, text
from sqlalchemy.engine import Connection

from delphi import __version__
from delphi.backup.encryption import BackupError, decrypted
from delphi.backup.rows import Digest, columns_of, insert, lines, tables_of
from delphi.backup.writing import FORMAT, MANIFEST, Manifest, TableInBackup, snapshot
from delphi.database import engine_for
from delphi.migrations import knows_revision, upgrade_to


def restore(path: Path, url: str, *, identity: Path | None = None) -> Manifest:
    """Put a backup into an empty database, with the tables of the version that wrote it.

    Raises
    ------
    BackupError
        The file is no backup, is of a newer version, or the database has tables already.
    """
    engine = engine_for(url)
    try:
        if inspect(engine).get_table_names():
            raise BackupError("The database has tables already: name an empty one in DATABASE_URL.")
        with decrypted(path, identity) as file, opened(file) as archive:
            manifest = read_manifest(archive)
            upgrade_to(url, manifest.revision)
            with engine.begin() as connection:
                _fill(connection, archive, manifest)
    finally:
        engine.dispose()
    return manifest


@contextmanager
def opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open the archive of a backup."""
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise BackupError("The file is no backup of Delphi, or a part of it is missing.") from None
    with archive:
        yield archive


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """Read what a backup holds.

    Raises
    ------
    BackupError
        It is none, or of a version that this one does not know.
    """
    try:
        content = json.loads(archive.read(MANIFEST))
        tables = {name: TableInBackup(**table) for name, table in content.pop("tables").items()}
        manifest = Manifest(**content, tables=tables)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile):
        raise BackupError("The file is no backup of Delphi, or a part of it is missing.") from None
    if manifest.format != FORMAT or not knows_revision(manifest.revision):
        raise BackupError(
            f"The backup is of version {manifest.version}, which this version ({__version__}) cannot read: install that one."
        )
    return manifest


def _fill(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    tables = tables_of(connection)
    if {table.name for table in tables} != set(manifest.tables):
        raise BackupError("The tables of the backup are not those of its version: it was changed.")
    with _guards_off(connection):
        for table in tables:
            with archive.open(f"tables/{table.name}.jsonl") as entry:
                texts = io.TextIOWrapper(entry, encoding="utf-8", newline="\n")
                insert(connection, table, manifest.tables[table.name].columns, texts)
            if connection.dialect.name == "postgresql":
                _move_sequence(connection, table)


@contextmanager
def _guards_off(connection: Connection) -> Iterator[None]:
    """Let closed rounds be written as they were: triggers would refuse each answer of them."""
    if connection.dialect.name == "sqlite":
        triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        off = [f'DROP TRIGGER "{trigger.name}"' for trigger in triggers]
        on = [trigger.sql for trigger in triggers]
    else:
        names = [table.name for table in tables_of(connection)]
        off, on = ([f'ALTER TABLE "{name}" {state} TRIGGER USER' for name in names] for state in ("DISABLE", "ENABLE"))
    for statement in off:
        connection.exec_driver_sql(statement)
    yield
    for statement in on:
        connection.exec_driver_sql(statement)


def _move_sequence(connection: Connection, table: Table) -> None:
    """Let new rows get numbers above those that were restored."""
    if "id" not in table.columns:
        return
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
    if sequence is not None:
        highest = select(func.coalesce(func.max(table.columns["id"]), 0) + 1).scalar_subquery()
        connection.execute(select(func.setval(sequence, highest, False)))


def differences(url: str, manifest: Manifest) -> list[str]:
    """Read a restored database again, and name the tables whose rows are not those of the backup."""
    engine = engine_for(url)
    try:
        with snapshot(engine) as connection:
            return [name for name, table in _read(connection) if table != manifest.tables.get(name)]
    finally:
        engine.dispose()


def _read(connection: Connection) -> Iterator[tuple[str, TableInBackup]]:
    for table in tables_of(connection):
        digest = Digest()
        for line in lines(connection, table):
            digest.add(line)
        yield table.name, TableInBackup(columns_of(table), digest.rows, digest.hexadecimal)
