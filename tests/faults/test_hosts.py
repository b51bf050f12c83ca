"""PostgreSQL as institutes run it: a pooler, several web servers and workers, a standby, a host whose clock is wrong."""

import time
from collections.abc import Iterator
from datetime import timedelta
from mailbox import listening

import pytest
from clusters import NAME, Cluster
from disks import compiled
from pgbouncer import Pooler
from saving import Load
from served import TOKEN, Door, Site, order, send, site_at, until

from delphi import clock
from delphi.migrations import upgrade_to_head
from delphi.model.job import ExportJob
from delphi.model.letter import Letter
from delphi.model.round import Round
from delphi.model.seal import Seal, SealKind
from rounds.demo.server import free_port

DAY = 86_400
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def pooled(cluster) -> Iterator[Site]:
    """A site that reaches its database by pgbouncer, also to make the tables and to look."""
    pooler = Pooler(cluster)
    upgrade_to_head(pooler.url)
    with site_at(pooler.url) as site:
        yield site
    pooler.stop()


def test_two_servers_and_workers_do_nothing_twice_behind_pgbouncer(pooled, figures):
    ports = [free_port(0), free_port(0)]
    with listening() as mailbox:
        for port in ports:
            pooled.serve(port, "--web-only")
            pooled.start("work", MAIL_URL=mailbox.url)
        with Load(pooled, *ports) as load:
            until(lambda: load.saved >= 2000, 300)
        figures.add("pgbouncer, two servers, two workers", "PostgreSQL", load)
        assert pooled.close(ports[0]) == 303
        order(pooled, 3)
        until(lambda: pooled.count(ExportJob, ExportJob.made_at.is_not(None)) == 3, 120)
        until(lambda: not pooled.count(Letter, Letter.unsent, Letter.run_after <= clock.now()), 120)
        until(lambda: pooled.count(Seal, Seal.kind == SealKind.ROUND) == 1)
        copies = mailbox.copies()
    assert set(copies.values()) == {1}
    figures.say(f"Behind pgbouncer: {len(copies)} letters, 3 files and 1 seal by two workers, none twice.")


def test_a_close_amid_saves_behind_pgbouncer_takes_nothing_after_it(pooled, figures):
    ports = [free_port(0), free_port(0)]
    for port in ports:
        pooled.serve(port, "--web-only")
    with Load(pooled, *ports, closes=True) as load:
        until(lambda: load.saved >= 500, 120)
        assert pooled.close(ports[0]) == 303
        closed = time.monotonic()
        until(lambda: load.ended)
    figures.add("pgbouncer, two servers, closed amid saves", "PostgreSQL", load)
    assert load.book.answers["409"] == len(load.savers)
    assert load.book.newest < closed


def test_a_standby_promoted_under_load_has_every_acknowledged_save(cluster, figures, port):
    standby = Cluster(of=cluster)
    cluster.tell("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()")
    until(lambda: cluster.tell("SELECT sync_state FROM pg_stat_replication") == ["sync"])
    hosts = f"host=127.0.0.1:{cluster.port}&host=127.0.0.1:{standby.port}&target_session_attrs=read-write"
    with site_at(f"postgresql+psycopg://delphi@/{NAME}?{hosts}") as site:
        site.serve(port)
        with Load(site, port) as load:
            until(lambda: load.saved >= 1000, 300)
            cluster.kill()
            killed = time.monotonic()
            standby.promote()
            before = load.saved
            until(lambda: load.saved > before + 8)
            again = time.monotonic() - killed
            until(lambda: load.saved >= 2000, 300)
        figures.add("server killed, synchronous standby promoted", "PostgreSQL", load, again)
        assert site.close(port) == 303
        until(lambda: site.count(Seal, Seal.kind == SealKind.ROUND) == 1)
    standby.stop()


@pytest.fixture
def clocks(cluster, tmp_path) -> Iterator[tuple[Site, list[int]]]:
    """A site on three hosts: one is right, one a day ahead, one a day behind; each has a worker."""
    ports, library = [free_port(0) for _ in range(3)], compiled("clock", tmp_path)
    with site_at(cluster.url()) as site, listening() as mailbox:
        for port, days in zip(ports, (0, 1, -1), strict=True):
            wrong = {"LD_PRELOAD": library, "CLOCK_AHEAD": str(days * DAY)}
            site.serve(port, MAIL_URL=mailbox.url, **wrong)
        yield site, ports


def test_hosts_a_day_off_keep_deadlines_sessions_and_leases(clocks, figures):
    site, ports = clocks
    site.set_deadline(clock.now() + timedelta(hours=12))
    with Load(site, *ports) as load:  # each saver's session and its tokens come from this host, and from no other
        until(lambda: load.saved >= 600, 300)
        doors = [sign_in_at(site, here) for here in ports]
        seen = {send(there, door, "/panel/page/1")[0] for door in doors for there in ports}
    assert seen == {200}
    time.sleep(5)  # the loops have looked, also the one to which the deadline is twelve hours ago
    assert site.count(Round, Round.closed_at.is_not(None)) == 0
    ahead = Letter.sent_at > clock.now() + timedelta(minutes=5)
    early = Letter.sent_at.is_not(None) & (Letter.due_at > clock.now())
    assert (site.count(Letter, ahead), site.count(Letter, early)) == (0, 0)
    figures.add("two of three hosts a day off", "PostgreSQL", load)
    site.set_deadline(clock.now() - timedelta(seconds=5))
    assert {send(here, site.writer, "/panel/page/1", {"answer-1": "4", "go": "on"})[0] for here in ports} == {409}


def sign_in_at(site: Site, port: int) -> Door:
    """Open a personal link as a browser does: at one host."""
    browser = site.app.test_client()
    path = browser.link(site.study, site.panel[-2])
    status, head, page = send(port, Door("", ""), path)
    assert status == 200
    first = Door(head["Set-Cookie"].split(";")[0], TOKEN.search(page)[1].decode())
    status, head, _page = send(port, first, path, {})
    assert status == 303
    return Door(head["Set-Cookie"].split(";")[0], "")
