"""How long a large bundle takes, and in how much memory: 400 panelists, 200 statements, 3 rounds (make bench-bundle)."""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from played import play

from delphi.database import Database
from delphi.migrations import upgrade_to_head
from delphi.statements.statements import NewStatement

PANELISTS, STATEMENTS, ROUNDS = 400, 200, 3
SECONDS, MEGABYTES = {"bundle": 15}, 512  # of the others nothing is promised but the memory
GROUPS = ("nurses", "peers", "doctors")
TEXT = "Every service that the panel was asked about is to be offered in each region, whoever runs it: number {}. "


class Used(NamedTuple):
    """What a command took: seconds of one processor, megabytes at its peak, and whether it ended well."""

    busy: float
    peak: float
    whole: bool


PARTLY = 3  # what `delphi verify` says of a bundle that is right as far as it could be checked


def main() -> int:
    """Play the study, run the commands one after the other, and print what each took."""
    with tempfile.TemporaryDirectory() as folder:
        url, path = large_study(folder), Path(folder) / "big.zip"
        other = f"sqlite:///{folder}/other.sqlite3"
        upgrade_to_head(other)
        late = []
        for name, where, arguments in (
            ("bundle", url, ["bundle", "big", "--output", str(path)]),
            ("verify", url, ["verify", str(path)]),
            ("analyse", url, ["analyse", str(path), "--format", "json"]),
            ("import", other, ["import", str(path)]),
        ):
            used = measured(name, where, arguments)
            if not used.whole or used.busy >= SECONDS.get(name, 120) or used.peak >= MEGABYTES:
                late.append(name)
        print(f"{path.stat().st_size / 2**20:.1f} MB of bundle")
    return len(late)


def large_study(folder: str) -> str:
    """Play the study into a new database, and give the address of that."""
    url = f"sqlite:///{folder}/big.sqlite3"
    upgrade_to_head(url)
    database = Database(url)
    with database.transaction() as session:
        asked = tuple(NewStatement(f"STMT{n}", TEXT.format(n), section=f"Section {n // 20}") for n in range(STATEMENTS))
        play(session, "big", panelists=PANELISTS, rounds=ROUNDS, statements=asked, groups=GROUPS)
    database.engine.dispose()
    return url


def measured(name: str, url: str, arguments: list[str]) -> Used:
    """Run a command in a process of its own, and print what it took."""
    started = time.monotonic()
    child = os.fork()
    if not child:
        os.environ |= {"DATABASE_URL": url, "SECRET_KEY": "for the tool that measures"}
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(sys.executable, [sys.executable, "-c", "import wsgi; wsgi.main()", *arguments])
    _, status, used = os.wait4(child, 0)
    took, busy, peak = time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(f"{name:32} {took:6.1f} s, {busy:6.1f} s of one processor, {peak:6.0f} MB", flush=True)
    return Used(busy, peak, os.waitstatus_to_exitcode(status) in (0, PARTLY))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
