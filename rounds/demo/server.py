"""A whole study over real HTTP: a server, a mail server on loopback, a lead and a panel of bots."""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPException
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from delphi import config_values
from delphi.config import CannotStart
from rounds.demo.browser import Browser

LEAD, PASSWORD = "lead@example.org", "a demonstration of consensus"
LINK = re.compile(r"https?://\S+/p/\S+")
WORKERS = 6


class ServerStopped(CannotStart):
    """The server of a demonstration ended by itself."""


class Mailbox:
    """A mail server on loopback: keeps the links of each address, in a file, so that an interrupted demo finds them."""

    def __init__(self, kept: Path) -> None:
        self.kept = kept
        self.links: dict[str, list[str]] = json.loads(kept.read_text()) if kept.exists() else {}
        self.port = free_port(0)
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        """Receive a letter."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        text = message.get_body(("plain",))
        link = LINK.search(text.get_content()) if text else None
        if link is not None:  # a receipt brings nobody in
            for address in envelope.rcpt_tos:
                self.links.setdefault(address, []).append(link.group())
            self.kept.write_text(json.dumps(self.links))
        return "250 kept"

    def wait(self, addresses: Sequence[str], earlier: Mapping[str, int], *, seconds: float = 60) -> None:
        """Wait until everybody has a new letter."""
        end = time.monotonic() + seconds
        while missing := [a for a in addresses if len(self.links.get(a, ())) <= earlier.get(a, 0)]:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(missing)} of {len(addresses)} letters did not arrive")
            time.sleep(0.05)

    def counts(self) -> dict[str, int]:
        """Count the letters of each address."""
        return {address: len(links) for address, links in self.links.items()}


@dataclass
class DemoServer:
    """Where a study is played: the running server, its settings and its mail."""

    url: str
    environment: Mapping[str, str]
    mailbox: Mailbox
    process: subprocess.Popen[bytes]

    def run(self, *arguments: str) -> str:
        """What our own command line prints, run beside the server."""
        command = [sys.executable, "-c", "import wsgi; wsgi.main()", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)  # noqa: S603 (our own command)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def one_time_link(self) -> str:
        """Make the lead's account, or a new link for it."""
        try:
            return self.run("account", "create", LEAD).strip()
        except RuntimeError:
            return self.run("account", "link", LEAD).strip()


@contextmanager
def demo_server(database: str, port: int, home: Path) -> Iterator[DemoServer]:
    """Start the real server, with mail that stays on this machine."""
    from delphi.migrations import upgrade_to_head

    database = config_values.database_url(database)
    home.mkdir(parents=True, exist_ok=True)
    upgrade_to_head(database)
    port = free_port(port)
    mailbox = Mailbox(home / "mail.json")
    mailbox.controller.start()
    environment = _environment(database, port, mailbox, home)
    log_file = home / "server.log"
    process = _started(environment, port, log_file)
    try:
        running = DemoServer(environment["PUBLIC_URL"], environment, mailbox, process)
        _wait_for(running)
        yield running
    except (OSError, HTTPException):
        if _has_ended(process):  # else it is no fault of the server
            raise ServerStopped(_last_line(log_file)) from None
        raise
    finally:
        process.terminate()
        process.wait()
        mailbox.controller.stop()


def _started(environment: Mapping[str, str], port: int, log_file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "import wsgi; wsgi.main()", "serve", "--port", str(port)]
    with log_file.open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603 (our own command)


def _environment(database: str, port: int, mailbox: Mailbox, home: Path) -> dict[str, str]:
    """Make the settings of the server, with secrets that are kept in its folder."""
    return {
        **os.environ,
        "DATABASE_URL": database,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "SECRET_KEY": _secret(home / "secret-key"),
        "SECURITY_PASSWORD_SALT": _secret(home / "password-salt"),
    }


def _secret(path: Path) -> str:
    """Keep one secret a demo, so that a cookie and a password survive the next start."""
    if not path.exists():
        path.write_text(secrets.token_hex(32))
        path.chmod(0o600)
    return path.read_text()


def free_port(wanted: int) -> int:
    """Take the wanted port, or another one if it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            number: int = probe.getsockname()[1]
            return number
    raise OSError("no port is free")


def _wait_for(running: DemoServer) -> None:
    """Wait until the server answers, as long as it lives: a busy machine takes its time."""
    while True:
        with closing(Browser(running.url)) as browser:
            try:
                browser.get("/")
            except (OSError, HTTPException):
                if running.process.poll() is not None:
                    raise
                time.sleep(0.1)
            else:
                return


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process is over; one that just hung up gets a second to end."""
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        return False
    return True


def _last_line(log: Path) -> str:
    """Say that the server stopped, with the last line that it wrote."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it wrote nothing")
    return f"The server of the demonstration stopped: {last} (all of it: {log})"
