"""The servers that are measured, as processes of their own on loopback: what CPU they used, and what memory they hold."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from bench.panel import SECRET
from delphi.config import SERVER_THREADS
from rounds.demo.server import free_port

TICKS = os.sysconf("SC_CLK_TCK")
PLATFORM = "import wsgi; wsgi.main()"
BARE = "import sys; from bench.servers import serve_bare; serve_bare(sys.argv[1], int(sys.argv[2]))"
SECONDS_TO_START = 120


@dataclass(frozen=True)
class Server:
    """A running server: gunicorn's master, whose children answer, and `delphi work` beside them."""

    url: str
    process: subprocess.Popen[bytes]

    def _children(self) -> dict[int, str]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid): Path(f"/proc/{pid}/cmdline").read_text() for pid in path.read_text().split()}

    def web(self) -> list[int]:
        """The processes that answer."""
        return [pid for pid, line in self._children().items() if "--beside" not in line]

    def cpu(self) -> float:
        """Seconds of CPU that those have used."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.web()]
        return sum(int(one[11]) + int(one[12]) for one in fields) / TICKS

    def memory(self) -> tuple[float, float]:
        """Resident megabytes of the largest process that answers, and of `delphi work`."""
        resident = {pid: _resident(pid) for pid in self._children()}
        web = self.web()
        return max(resident[pid] for pid in web), max((m for pid, m in resident.items() if pid not in web), default=0.0)


def _resident(pid: int) -> float:
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


@contextmanager
def platform(database: str) -> Iterator[Server]:
    """Run `delphi serve` on a database that has its tables."""
    port = free_port(0)
    url = f"http://127.0.0.1:{port}"
    settings = {"DATABASE_URL": database, "PUBLIC_URL": url, "SECRET_KEY": SECRET}
    with _running(
        PLATFORM, ["serve", "--port", str(port)], url, settings | {"SECURITY_PASSWORD_SALT": SECRET[::-1]}
    ) as it:
        yield it


@contextmanager
def bare(database: str) -> Iterator[Server]:
    """Run the bare view as `delphi serve` runs the platform."""
    port = free_port(0)
    with _running(BARE, [database, str(port)], f"http://127.0.0.1:{port}", {}) as it:
        yield it


@contextmanager
def _running(program: str, arguments: list[str], url: str, settings: dict[str, str]) -> Iterator[Server]:
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-P", "-c", program, *arguments]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings}
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(url, process)
            yield Server(url, process)
        finally:
            process.terminate()
            process.wait(60)
            log.seek(0)
            said = log.read().decode(errors="replace")
            if "rror" in said:
                print(said[-3000:], file=sys.stderr)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < end:
        try:
            with urlopen(f"{url}/static/autosave.js", timeout=5):
                return
        except OSError as error:
            if getattr(error, "code", None) == 404:  # the bare view has no files, and answers
                return
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def serve_bare(database: str, port: int) -> None:
    """Serve the bare view with as many processes and threads as the platform takes."""
    from gunicorn.app.base import BaseApplication

    from bench.bare import bare_app

    class Bare(BaseApplication):
        def load_config(self) -> None:
            workers = 1 if database.startswith("sqlite") else os.cpu_count() or 1
            options = {"workers": workers, "threads": SERVER_THREADS, "worker_class": "gthread", "loglevel": "warning"}
            for name, value in (options | {"bind": f"127.0.0.1:{port}", "control_socket_disable": True}).items():
                self.cfg.set(name, value)

        def load(self) -> object:
            return bare_app(database)

    Bare().run()
