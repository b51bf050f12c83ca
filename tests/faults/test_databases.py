"""A database that cannot save for a while: each save is answered in time, what was typed comes back, and all goes on by itself."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

import pytest
from clusters import Cluster
from disks import FaultyDisk, SmallDisk
from forms import page_opens, send_texts, sent_again
from saving import Load
from served import Site, site_at, until
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError

from delphi.migrations import upgrade_to_head

AWAY, LOCKED, SLOW = float(os.environ.get("FAULT_AWAY", "60")), 10.0, 15.0
READ_ONLY, BROKEN, MILLISECONDS = 30, 5, 400  # EROFS, EIO; each time that somebody waits for the disk
ROOM = {"SQLite": 32_000_000, "PostgreSQL": 200_000_000}
Fault = Callable[[], AbstractContextManager[None]]
pytestmark = pytest.mark.timeout(600)


def played(
    site: Site, port: int, fault: Fault, seconds: float, *, refusing: str = "503", sign: str = "", pages: bool = True
) -> tuple[Load, float]:
    """Save before, during and after a fault; a form that is sent meanwhile comes back, and is sent again after it."""
    assert page_opens(site, port)
    with Load(site, port, savers=4) as load:
        until(lambda: load.saved > 50)
        with fault():
            began = time.monotonic()
            until(lambda: load.book.answers[sign or refusing], 90)
            kept = send_texts(site, port)
            opened = time.monotonic()
            assert page_opens(site, port) or not pages
            assert time.monotonic() - opened < 6, "a page waited for long"
            time.sleep(max(0.0, began + seconds - time.monotonic()))
        ended, before = time.monotonic(), load.saved
        until(lambda: load.saved > before)
        again = load.book.last - ended
        until(lambda: load.saved > before + 50)
    if kept.status != 303:
        assert (str(kept.status), bool(kept.retry_after)) == (refusing, True)
        assert sent_again(site, port, kept) == 303
    return load, max(again, 0.0)


@pytest.fixture
def disk(engine) -> Iterator[SmallDisk]:
    folder = Path(tempfile.mkdtemp(prefix="delphi-full-"))
    small = SmallDisk(folder, ROOM[engine])
    yield small
    small.unmount()


def test_a_full_disk_refuses_saves_until_there_is_room(engine, disk, port, figures):
    server = Cluster(home=disk.folder) if engine == "PostgreSQL" else None
    url = server.fill() if server else f"sqlite:///{disk.folder / 'faults.sqlite3'}"
    upgrade_to_head(url)
    with site_at(url) as site:
        site.serve(port)
        load, again = played(site, port, disk.full, 5, refusing="507")
        figures.add("disk full", engine, load, again)
    if server:
        server.halt()


@pytest.fixture
def faulty(engine, tmp_path, port) -> Iterator[tuple[FaultyDisk, Site]]:
    """A disk that can fail below the site: below its server where that holds the file, else below the database's."""
    disk = FaultyDisk(tmp_path)
    server = Cluster(environment=disk.environment) if engine == "PostgreSQL" else None
    url = server.fill() if server else f"sqlite:///{tmp_path / 'faults.sqlite3'}"
    upgrade_to_head(url)
    with site_at(url) as site:
        site.serve(port, **({} if server else disk.environment))
        yield disk, site
    if server:
        server.stop()
    disk.remove()


def test_a_slow_disk_makes_saves_wait_and_no_pages(engine, faulty, port, figures):
    disk, site = faulty
    load, again = played(site, port, lambda: disk.fault("slow", MILLISECONDS), SLOW, sign="200")
    figures.add(f"each wait for the disk {MILLISECONDS} ms longer", engine, load, again)


@pytest.mark.parametrize("engine", ["SQLite"], indirect=True)
@pytest.mark.parametrize(("number", "seconds", "what"), [(READ_ONLY, 10, "read-only"), (BROKEN, AWAY, "broken")])
def test_a_file_that_cannot_be_written_says_so(engine, faulty, port, figures, number, seconds, what):
    disk, site = faulty
    load, again = played(site, port, lambda: disk.fault("error", number), seconds)
    figures.add(f"file {what} for {seconds:.0f} s", engine, load, again)


@pytest.mark.parametrize("engine", ["PostgreSQL"], indirect=True)
def test_a_server_that_only_reads_says_so(engine, site, cluster, port, figures):
    @contextmanager
    def read_only() -> Iterator[None]:
        cluster.tell("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
        try:
            yield
        finally:
            cluster.tell(
                "SET default_transaction_read_only = off",
                "ALTER SYSTEM RESET default_transaction_read_only",
                "SELECT pg_reload_conf()",
            )

    site.serve(port)
    load, again = played(site, port, read_only, 10)
    figures.add("read-only for 10 s", engine, load, again)


@pytest.mark.parametrize("engine", ["PostgreSQL"], indirect=True)
def test_a_server_that_is_away_is_found_again(engine, site, cluster, port, figures):
    @contextmanager
    def away() -> Iterator[None]:
        cluster.kill()
        try:
            yield
        finally:
            cluster.start_again()

    site.serve(port)
    load, again = played(site, port, away, AWAY, pages=False)
    figures.add(f"database away for {AWAY:.0f} s", engine, load, again)


def test_a_lock_of_somebody_else_keeps_saves_waiting_only(request, engine, site, port, figures):
    @contextmanager
    def locked() -> Iterator[None]:
        with _lock(request, engine, site):
            yield

    site.serve(port)
    load, again = played(site, port, locked, LOCKED)
    figures.add(f"locked for {LOCKED:.0f} s", engine, load, again)


@contextmanager
def _lock(request, engine: str, site: Site) -> Iterator[None]:
    if engine == "SQLite":
        other = sqlite3.connect(site.database.engine.url.database, isolation_level=None)
        with closing(other):
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    other = create_engine(request.getfixturevalue("cluster").url())
    with other.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE rating IN SHARE MODE")
        yield
    other.dispose()


@pytest.mark.parametrize("engine", ["PostgreSQL"], indirect=True)
def test_a_server_without_a_free_connection_is_busy(engine, site, cluster, port, figures):
    @contextmanager
    def taken() -> Iterator[None]:
        others = create_engine(cluster.url(), pool_size=100, isolation_level="AUTOCOMMIT")
        held: list[Connection] = []
        try:
            until(lambda: _take_all(others, held), 60)
            yield
        finally:
            for one in held:
                one.close()
            others.dispose()

    site.serve(port)
    load, again = played(site, port, taken, 10, pages=False)
    figures.add("no connection free for 10 s", engine, load, again)


def _take_all(others: Engine, held: list[Connection]) -> bool:
    """Take every free connection of a server, and end those that are not ours; whether there was none."""
    with suppress(OperationalError):
        while True:
            held.append(others.connect())
    ours = [one.exec_driver_sql("SELECT pg_backend_pid()").scalar() for one in held]
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> ALL(%s) AND datname IS NOT NULL"
    return not held[0].exec_driver_sql(end, (ours,)).all()
