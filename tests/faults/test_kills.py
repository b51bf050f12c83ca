"""Whatever is killed while panelists save: what was acknowledged is stored, once, and the round closes."""

import os
import signal
import subprocess
from contextlib import suppress

import pytest
from saving import Load
from served import Site, children, until

from delphi.model.seal import Seal, SealKind

SAVES, KILLS = int(os.environ.get("FAULT_SAVES", "10500")), int(os.environ.get("FAULT_KILLS", "12"))
OF_THE_WEB = ("worker", "master", "work")
OF_ALL = (*OF_THE_WEB, "database", "backend")


class Supervisor:
    """Kills one process after the other, and starts what nobody else starts again."""

    def __init__(self, site: Site, port: int, cluster) -> None:
        self.site, self.port, self.cluster = site, port, cluster
        self.server: subprocess.Popen[bytes] = site.serve(port)

    def kill(self, victim: str) -> None:
        if victim == "database":
            self.cluster.kill()
            self.cluster.start_again()
        elif victim == "backend":
            self.cluster.kill_a_backend()
        elif victim == "master":
            self.server.kill()
            self.server.wait()
            self.server = self.site.serve(self.port)
        else:
            self._kill_child(victim)

    def _kill_child(self, kind: str) -> None:
        until(lambda: children(self.server.pid)[kind], 90)  # `delphi work` is started again after a growing pause
        with suppress(ProcessLookupError):
            os.kill(children(self.server.pid)[kind][0], signal.SIGKILL)


@pytest.mark.timeout(1500)
def test_what_was_acknowledged_before_a_kill_is_stored_once(request, site, engine, port, figures):
    cluster = request.getfixturevalue("cluster") if engine == "PostgreSQL" else None
    victims = OF_ALL if cluster else OF_THE_WEB
    supervisor = Supervisor(site, port, cluster)
    with Load(site, port) as load:
        for kill in range(1, KILLS + 1):
            until(lambda kill=kill: load.saved >= kill * SAVES // (KILLS + 1), 300)
            supervisor.kill(victims[kill % len(victims)])
        until(lambda: load.saved >= SAVES, 300)
    figures.add(f"{KILLS} kill -9", engine, load, load.book.longest)
    assert site.close(port) == 303
    until(lambda: site.count(Seal, Seal.kind == SealKind.ROUND) == 1)
