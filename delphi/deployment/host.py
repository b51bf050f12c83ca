"""What the settings, the files and the disk of this host say."""

import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from delphi.config import Settings
from delphi.deployment.findings import Finding, advice, ok, wrong

LEAST_FREE = 1_000_000_000  # bytes
OLDEST_BACKUP = timedelta(hours=26)  # a daily one, and a little
LOCAL = ("127.0.0.1", "localhost", "::1")


def address(settings: Settings) -> Iterator[Finding]:
    """Look at the public address and the proxy before it."""
    if not settings.https:
        if settings.host in LOCAL:
            yield advice(f"PUBLIC_URL is {settings.public_url}: only this machine reaches it.")
        else:
            yield wrong(
                "PUBLIC_URL begins with http://, so links and answers travel in the clear: put a proxy with TLS in front."
            )
    elif not settings.trusted_proxies:
        yield wrong(
            "PUBLIC_URL begins with https:// and TRUSTED_PROXIES is 0: set it to 1 behind the proxy that speaks TLS."
        )
    else:
        yield ok(f"People reach {settings.public_url} over TLS, through {settings.trusted_proxies} proxy.")
    if settings.pseudo_language:
        yield advice("PSEUDO_LANGUAGE offers a made-up language: leave it out where people answer.")


def database_file(settings: Settings) -> Path | None:
    """The file of a SQLite database; None for a server."""
    url = make_url(settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def files(settings: Settings) -> Iterator[Finding]:
    """Look at who may read the database file, and at the space beside it."""
    path = database_file(settings)
    if path is None or not path.exists():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if sys.platform != "win32" and mode & 0o077:
        yield wrong(f"Other accounts of this machine may read {path} (mode {mode:04o}): chmod 600 {path}*")
    else:
        yield ok(f"Nobody but its owner reads {path}.")
    free = shutil.disk_usage(path.parent).free
    text = f"{free / 1e9:.1f} GB are free beside the database"
    yield ok(f"{text}.") if free >= LEAST_FREE else wrong(f"{text}: make room before answers cannot be saved.")


def backups(folder: Path | None, *, at: datetime) -> Iterator[Finding]:
    """Look at how old the newest backup is."""
    if folder is None:
        yield advice("Whether there are backups was not looked at: name their folder with --backups.")
        return
    times = [path.stat().st_mtime for path in folder.iterdir() if path.is_file()]
    if not times:
        yield wrong(f"There is no backup in {folder}: delphi backup {folder}/…")
        return
    age = at - datetime.fromtimestamp(max(times), at.tzinfo)
    text = f"The newest backup in {folder} is {age / timedelta(hours=1):.0f} hours old"
    yield ok(f"{text}.") if age <= OLDEST_BACKUP else wrong(f"{text}: look at what makes them.")
