"""Panelists as browsers and as forms against `delphi serve`, beside the bare view in the same run (make load).

Everything is on loopback and bounded in count and time. Figures stand in docs/performance.md.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from uuid import UUID

from bench.crowd import Crowd, persons, turn, visitors
from bench.panel import Acknowledged, Panel, open_panel
from bench.persons import Person, bare_writer
from bench.samples import Samples, latencies, written
from bench.servers import bare, platform

TURNS = 6
PAGE = Path("docs/performance.md")
ITEMS = 35  # of a submission
LONGEST = 900  # seconds
Rows = dict[str, str]


def saves_beside_bare(url: str, name: str, *, writers: int, seconds: float, turns: int = TURNS) -> Rows:
    """Saves of so many writers and posts of as many to the bare view, by turns."""
    mine, its = Samples(), Samples()
    size = {"panelists": max(8, writers), "statements": ITEMS}
    with (
        open_panel(url, f"w{writers}", **size, feedback=False) as panel,
        platform(url) as server,
        bare(url) as other,
        persons(panel, server, mine) as people,
        visitors(other, its, writers) as posting,
    ):
        own, plain = [one.changes() for one in people[:writers]], [bare_writer(one) for one in posting]
        pairs = [
            (turn(other, plain, its, "bare", seconds, writers), turn(server, own, mine, "save", seconds, writers))
            for _ in range(turns)
        ]
    over_http = median(save.per_second / plain.per_second for plain, save in pairs)
    by_cpu = median(plain.cpu / save.cpu for plain, save in pairs)
    best = max((save for _plain, save in pairs), key=lambda save: save.per_second)
    ratios = f"{over_http:.0%} of the bare view over HTTP, {by_cpu:.0%} by CPU"
    figures = f"{best.per_second:.0f} saves a second | {latencies(best.took)} | 0 | {ratios}"
    return {f"{name}, {writers} writers, each change saved": figures}


def forms_beside_bare(url: str, name: str, *, panelists: int, seconds: float) -> Rows:
    """Whole submissions as forms, flat out, beside posts to the bare view."""
    mine, its = Samples(), Samples()
    size = {"panelists": panelists, "statements": ITEMS}
    with (
        open_panel(url, "forms", **size, feedback=False) as panel,
        platform(url) as server,
        bare(url) as other,
        persons(panel, server, mine) as people,
        visitors(other, its, 8) as posting,
    ):
        plain = [bare_writer(one) for one in posting]
        before = turn(other, plain, its, "bare", seconds, 8)
        whole = turn(server, [one.with_forms() for one in people], mine, "submit", 600, 8)
        after = turn(other, plain, its, "bare", seconds, 8)
    posts = (before.per_second + after.per_second) / 2 / whole.per_second
    by_cpu = whole.cpu / ((before.cpu + after.cpu) / 2)
    figures = f"{whole.per_second:.1f} submissions a second | {latencies(mine.of('form'))} | 0 | "
    figures += f"one for {posts:.1f} posts to the bare view over HTTP, {by_cpu:.0f} by CPU"
    return {f"{name}, {ITEMS} items as forms": figures}


def with_think_time(url: str, name: str, *, panelists: int, statements: int, minutes: float) -> Rows:
    """Everybody answers a whole questionnaire with feedback, within so many minutes; every fourth with forms."""
    samples, think = Samples(), 0.9 * 60 * minutes / (statements + 1)
    size = {"panelists": panelists, "statements": statements}
    with (
        open_panel(url, "think", **size, feedback=True) as panel,
        platform(url) as server,
        persons(panel, server, samples, think=think) as people,
    ):
        steps = [one.with_script() if n % 4 else one.with_forms() for n, one in enumerate(people)]
        crowd = Crowd(steps, time.monotonic() + 90 * minutes)
        problems = crowd.play()
        memory, lost = server.memory(), panel.lost(_acknowledged(people))
    kinds = {kind: latencies(samples.of(kind)) for kind in ("save", "page", "form")}
    print(f"{kinds}; latest step {1000 * crowd.late:.0f} ms after it was due; {samples.errors()} {problems[:3]}")
    figures = f"{len(samples.taken) / 60 / minutes:.0f} requests a second | {latencies(samples.of())} | "
    figures += f"{_wrong(samples, problems)} | {lost} acknowledged and lost; {_megabytes(memory)}"
    return {f"{name}, {panelists} panelists × {statements} statements in {minutes:g} minutes": figures}


def flat_out_until_closed(url: str, name: str, *, panelists: int, statements: int) -> Rows:
    """Everybody at once, and the round is closed when half is answered: nothing later counts, nothing acknowledged is lost."""
    samples, closed = Samples(), []
    size = {"panelists": panelists, "statements": statements}
    with (
        open_panel(url, "flat", **size, feedback=False) as panel,
        platform(url) as server,
        persons(panel, server, samples) as people,
    ):
        steps = [one.with_script() if n % 2 else one.with_forms() for n, one in enumerate(people)]
        closing = threading.Thread(target=_close_at_half, args=(panel, panelists * statements // 2, closed.append))
        closing.start()
        begun = time.monotonic()
        problems = Crowd(steps, begun + LONGEST).play()
        lasted = time.monotonic() - begun
        closing.join()
        acknowledged, memory = _acknowledged(people), server.memory()
        lost, later = panel.lost(acknowledged), len(panel.ratings() ^ closed[0])
    print(samples.errors(), problems[:3])
    figures = f"{len(samples.taken) / lasted:.0f} requests a second | {latencies(samples.of('save', 'form'))} | "
    figures += f"{_wrong(samples, problems)} | {len(acknowledged)} answers acknowledged, {lost} lost; "
    figures += f"{later} kept after the close, {samples.refused()} refused; {_megabytes(memory)}"
    return {f"{name}, {panelists} panelists flat out, closed in the middle": figures}


def _acknowledged(people: Sequence[Person]) -> Acknowledged:
    return {key: last for one in people for key, last in one.acknowledged.items()}


def _wrong(samples: Samples, problems: Sequence[str]) -> str:
    """How many answers were errors: busy ones were asked again, and what then still failed is told apart."""
    return f"{samples.errors().total()}, {len(problems)} of them for good" if samples.errors() or problems else "0"


def _megabytes(memory: tuple[float, float]) -> str:
    return "web {:.0f} MB, work {:.0f} MB".format(*memory)


def _close_at_half(
    panel: Panel, answers: int, done: Callable[[frozenset[tuple[UUID, int, int, int | None]]], None]
) -> None:
    end = time.monotonic() + 600
    while time.monotonic() < end and len(panel.ratings()) < answers:
        time.sleep(0.5)
    done(panel.close())


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for, print the rows, and write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--database",
        action="append",
        default=[],
        help="SQLAlchemy's address of an empty database; SQLite's in a new folder without",
    )
    parser.add_argument("--only", choices=("saves", "forms", "think", "flat"), action="append")
    parser.add_argument("--panelists", type=int, default=400)
    parser.add_argument("--statements", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=4, help="of a turn")
    parser.add_argument("--writers", type=int, action="append")
    parser.add_argument("--write", action="store_true", help=f"put the rows into {PAGE}")
    asked = parser.parse_args(arguments)
    rows: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for url in asked.database or [f"sqlite:///{Path(folder) / 'load.sqlite3'}"]:
            rows |= _all(url, asked)
    for name, figures in rows.items():
        print(f"{name}: {figures.replace(' | ', '; ')}")
    if asked.write:
        written(PAGE, rows)
    return 0


def _all(url: str, asked: argparse.Namespace) -> dict[str, str]:
    name = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    only, rows = asked.only or ["saves", "forms", "think", "flat"], {}
    size = {"panelists": asked.panelists, "statements": asked.statements}
    if "saves" in only:
        for writers in asked.writers or (8, 32):
            rows |= saves_beside_bare(url, name, writers=writers, seconds=asked.seconds)
    if "forms" in only:
        rows |= forms_beside_bare(url, name, panelists=min(asked.panelists, 60), seconds=asked.seconds)
    if "think" in only:
        rows |= with_think_time(url, name, **size, minutes=asked.minutes)
    if "flat" in only:
        rows |= flat_out_until_closed(url, name, **size)
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
