"""PostgreSQL as institutes run it: a pooler, several web servers and workers, a standby."""

import time
from collections.abc import Iterator
from mailbox import listening

import pytest
from clusters import NAME, Cluster
from pgbouncer import Pooler
from saving import Load
from served import Site, order, site_at, until

from delphi import clock
from delphi.migrations import upgrade_to_head
from delphi.model.job import ExportJob
from delphi.model.letter import Letter
from delphi.model.seal import Seal, SealKind
from rounds.demo.server import free_port

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
