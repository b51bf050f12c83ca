"""PostgreSQL on a port of 127.0.0.1 that waits for its disk, and that can be killed, copied and promoted."""

import os
import signal
import subprocess
import time
from pathlib import Path

import postgres
from sqlalchemy import create_engine, text

from delphi.migrations import upgrade_to_head
from rounds.demo.server import free_port

NAME = "delphi"
OPTIONS = "-c listen_addresses=127.0.0.1 -c max_connections=60 -c wal_level=replica -c hot_standby=on"


class Cluster(postgres.Server):
    """A server of its own; ``of`` makes it the standby of another, ``preload`` is loaded into it."""

    def __init__(
        self, *, of: "Cluster | None" = None, environment: dict[str, str] | None = None, home: Path | None = None
    ) -> None:
        self.of, self.port, self.environment = of, free_port(0), environment or {}
        super().__init__(found(), f"-p {self.port} {OPTIONS}", home=home)

    def _make(self) -> None:
        if self.of is None:
            super()._make()
        else:
            self._run("pg_basebackup", "-D", "data", "-R", "-c", "fast", "-d", self.of.address)

    @property
    def address(self) -> str:
        """The server as its own programs are told of it."""
        return f"host=127.0.0.1 port={self.port} user=delphi"

    def url(self, name: str = NAME) -> str:
        return f"postgresql+psycopg://delphi@127.0.0.1:{self.port}/{name}"

    def fill(self) -> str:
        """Make the database with its tables; its address."""
        self.tell(f"CREATE DATABASE {NAME}", name="postgres")
        upgrade_to_head(self.url())
        return self.url()

    def tell(self, *statements: str, name: str = NAME) -> list[object]:
        """Run statements; what the last one gave, of its first column."""
        engine = create_engine(self.url(name), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            given = [connection.execute(text(one)) for one in statements][-1]
            rows = list(given.scalars()) if given.returns_rows else []
        engine.dispose()
        return rows

    def kill(self) -> None:
        """Kill the server; its other processes end when they notice."""
        os.kill(self.pid, signal.SIGKILL)

    def kill_a_backend(self) -> None:
        """Kill a process that serves a connection: the server ends all others and recovers."""
        busy = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1"
        for pid in self.tell(busy):
            os.kill(int(str(pid)), signal.SIGKILL)

    @property
    def pid(self) -> int:
        return int((self.home / "data" / "postmaster.pid").read_text().split()[0])

    def is_up(self) -> bool:
        """Whether the server takes connections."""
        told = subprocess.run(
            [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False
        )
        return told.returncode == 0

    def start_again(self, seconds: float = 60) -> None:
        """Start a server that was killed, as soon as the processes that it left are gone."""
        end = time.monotonic() + seconds
        while not self.is_up():
            try:
                self.start()
            except subprocess.CalledProcessError:
                assert time.monotonic() < end, (self.home / "log").read_text()[-2000:]
                time.sleep(0.2)

    def halt(self) -> None:
        """End the server; its folder is somebody else's."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

    def promote(self) -> None:
        """Make the standby the server that writes."""
        self._run("pg_ctl", "-D", "data", "-w", "promote")


def found() -> Path:
    programs = postgres.binaries()
    assert programs is not None, postgres.__doc__
    return programs
