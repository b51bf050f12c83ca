"""Writing a backup: every table as it is at one moment, while people go on answering."""

import json
import os
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from delphi import __version__
from delphi.backup.encryption import BackupError, encrypt
from delphi.backup.rows import Digest, columns_of, lines, tables_of
from delphi.database import engine_for

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class TableInBackup:
    """A table of a backup: its columns in order, and what its rows add up to."""

    columns: list[str]
    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; it stands in the file itself, after the tables."""

    format: int
    version: str
    revision: str
    written_at: str
    tables: dict[str, TableInBackup] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())


def write(url: str, target: Path, *, revision: str, at: datetime, recipients: Sequence[str] = ()) -> Manifest:
    """Write a backup that its owner alone may read; encrypted where somebody is named who may read it.

    Raises
    ------
    BackupError
        There is a file of that name, or encryption is asked for and cannot be had.
    """
    if target.exists():
        raise BackupError(f"{target} is there already: name a new file.")
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    engine = engine_for(url)
    try:
        with _private(beside) as file, encrypt(file, recipients) as plain, snapshot(engine) as connection:
            manifest = _write(connection, plain, Manifest(FORMAT, __version__, revision, at.isoformat()))
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
        engine.dispose()
    return manifest


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that other accounts cannot read; what was written is on the disk at the end."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one moment and holds up nobody."""
    sqlite = engine.dialect.name == "sqlite"
    options = {"writing": False} if sqlite else {"isolation_level": "REPEATABLE READ"}
    with engine.execution_options(**options).connect() as connection:
        if not sqlite:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield connection


def _write(connection: Connection, plain: IO[bytes], manifest: Manifest) -> Manifest:
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for table in tables_of(connection):
            digest = Digest()
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as entry:
                for line in lines(connection, table):
                    digest.add(line)
                    entry.write(f"{line}\n".encode())
            manifest.tables[table.name] = TableInBackup(columns_of(table), digest.rows, digest.hexadecimal)
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest
