"""A database that is lent to one test after another: it is emptied in between, which is quicker than making another."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from delphi.database import Database

LARGEST = 8_000_000  # bytes of dead rows, from which on files are cut and no longer only marked as empty
ENDED = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"""
SHAPE = "SELECT (SELECT version_num FROM alembic_version), " + ", ".join(
    f"(SELECT count(*) FROM {name}), (SELECT max(xmin::text::bigint) FROM {name})"
    for name in ("pg_attribute", "pg_constraint", "pg_trigger", "pg_proc")
)
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"


class Place:
    """A database with its engine and, once one was asked for, the application on it; stories are played in it once."""

    def __init__(self, url: str) -> None:
        self.url, self.database = url, Database(url)
        self.app: Flask | None = None
        self.stories: set[str] = set()

    def play(self, name: str, story: Callable[[Session], Any]) -> None:
        """Put what a story leaves behind into this empty database; it is played the first time only."""
        if name in self.stories:
            self._load(name)
            return
        with self.database.transaction() as session:
            story(session)
        self._save(name)
        self.stories.add(name)

    def clean(self) -> bool:
        """Empty it; False where a test has changed the tables themselves, and nobody may have it any more."""
        return self._empty()

    def close(self) -> None:
        """End its connections."""
        self.database.engine.dispose()

    def _empty(self) -> bool:
        raise NotImplementedError

    def _save(self, name: str) -> None:
        raise NotImplementedError

    def _load(self, name: str) -> None:
        raise NotImplementedError


class File(Place):
    """A SQLite file: another file is laid over it."""

    def __init__(self, path: Path, origin: Path) -> None:
        super().__init__(f"sqlite:///{path}")
        self.path, self.origin = path, origin
        self._become(origin)

    def _empty(self) -> bool:
        self._become(self.origin)
        return True

    def _save(self, name: str) -> None:
        self.database.engine.dispose()
        source, target = sqlite3.connect(self.path), sqlite3.connect(self._kept(name))
        source.backup(target)
        source.close()
        target.close()

    def _load(self, name: str) -> None:
        self._become(self._kept(name))

    def _kept(self, name: str) -> Path:
        return self.path.with_suffix(f".{name}")

    def _become(self, source: Path) -> None:
        self.database.engine.dispose()
        for left in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + left).unlink(missing_ok=True)
        shutil.copy(source, self.path)


class Schema(Place):
    """A PostgreSQL database: its rows are deleted and its sequences begin anew; stories stand in schemas of their own."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        with self.database.engine.begin() as connection:
            self.tables = list(connection.exec_driver_sql(TABLES).scalars())
            self.sequences = list(connection.exec_driver_sql(SEQUENCES).scalars())
            self.shape = connection.exec_driver_sql(SHAPE).one()
        self.numbers: dict[str, list[str]] = {}

    def _empty(self) -> bool:
        with self.database.engine.begin() as connection:
            connection.exec_driver_sql(ENDED)
            if connection.exec_driver_sql(SHAPE).one() != self.shape:
                return False
            sizes = " + ".join(f"pg_relation_size('{name}')" for name in self.tables)
            if connection.exec_driver_sql(f"SELECT {sizes}").scalar_one() > LARGEST:
                connection.exec_driver_sql(f"TRUNCATE {', '.join(self.tables)}")
            self._run(connection, [f"DELETE FROM {name}" for name in self.tables])
            self._run(connection, [f"SELECT setval('{name}', 1, false)" for name in self.sequences])
        return True

    def _save(self, name: str) -> None:
        with self.database.engine.begin() as connection:
            self._run(connection, [f"CREATE SCHEMA story_{name}"])
            self._run(
                connection, [f"CREATE TABLE story_{name}.{table} AS TABLE public.{table}" for table in self.tables]
            )
            self.numbers[name] = [
                connection.exec_driver_sql(f"SELECT last_value || ', ' || is_called FROM {one}").scalar_one()
                for one in self.sequences
            ]
            self.shape = connection.exec_driver_sql(SHAPE).one()

    def _load(self, name: str) -> None:
        with self.database.engine.begin() as connection:
            self._run(connection, [f"INSERT INTO {table} SELECT * FROM story_{name}.{table}" for table in self.tables])
            numbers = zip(self.sequences, self.numbers[name], strict=True)
            self._run(connection, [f"SELECT setval('{one}', {number})" for one, number in numbers])

    def _run(self, connection: Connection, statements: list[str]) -> None:
        """Run statements in one go; no trigger is asked, so that their order does not matter."""
        connection.exec_driver_sql("; ".join(["SET LOCAL session_replication_role = replica", *statements]))
