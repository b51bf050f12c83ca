"""pgbouncer in transaction mode before a server: the next transaction may run on another connection."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from clusters import NAME, Cluster

from rounds.demo.server import free_port

SETTINGS = """[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {home}/users
pool_mode = transaction
default_pool_size = 6
max_client_conn = 200
query_wait_timeout = 5
server_login_retry = 1
"""


class Pooler:
    """A pgbouncer with six connections for everybody."""

    def __init__(self, cluster: Cluster) -> None:
        self.port = free_port(0)
        home = self.home = Path(tempfile.mkdtemp(prefix="delphi-pooler-"))
        (home / "users").write_text('"delphi" ""\n')
        (home / "pgbouncer.ini").write_text(SETTINGS.format(server=cluster.port, port=self.port, home=home))
        home.chmod(0o755)
        user = {"user": pwd.getpwnam("nobody").pw_uid, "extra_groups": []} if os.geteuid() == 0 else {}
        self.process = subprocess.Popen(["/usr/sbin/pgbouncer", "-q", home / "pgbouncer.ini"], **user)
        end = time.monotonic() + 20
        while subprocess.run(
            [cluster.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False
        ).returncode:
            assert time.monotonic() < end, "pgbouncer did not start"
            time.sleep(0.1)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://delphi@127.0.0.1:{self.port}/{NAME}"

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.home)
