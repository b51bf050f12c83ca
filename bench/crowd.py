"""Many persons at once: each plays the next step that is due; and what a server does in some seconds of it."""

import heapq
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from random import Random

from bench.panel import Panel
from bench.persons import Person, RoundOver, Visitor
from bench.samples import Samples
from bench.servers import Server

THREADS = 32
Steps = Iterator[float]


@dataclass
class Crowd:
    """Many persons, played by a few threads; each thread plays the next step of its own that is due."""

    people: Sequence[Steps]
    until: float
    threads: int = THREADS
    late: float = 0.0

    def play(self) -> list[str]:
        """Play everybody to the end, or to the moment when time is over; what went wrong."""
        problems: list[str] = []
        each = [
            threading.Thread(target=self._some, args=(self.people[n :: self.threads], problems))
            for n in range(self.threads)
        ]
        for thread in each:
            thread.start()
        for thread in each:
            thread.join()
        return problems

    def _some(self, people: Sequence[Steps], problems: list[str]) -> None:
        order, now = count(), time.monotonic()
        waiting = [(now, next(order), one) for one in people]
        while waiting and time.monotonic() < self.until:
            due, _n, one = heapq.heappop(waiting)
            if due > (now := time.monotonic()):
                time.sleep(min(due, self.until) - now)
            self.late = max(self.late, time.monotonic() - due)
            try:
                heapq.heappush(waiting, (time.monotonic() + next(one), next(order), one))
            except (StopIteration, RoundOver):
                continue
            except Exception as error:  # noqa: BLE001 (whatever it is, it is counted and told)
                problems.append(repr(error)[:200])


@contextmanager
def visitors(server: Server, samples: Samples, n: int) -> Iterator[list[Visitor]]:
    """So many browsers, which hang up at the end."""
    made = [Visitor(server.url, "", samples) for _ in range(n)]
    try:
        yield made
    finally:
        for one in made:
            one.connection.close()


@contextmanager
def persons(panel: Panel, server: Server, samples: Samples, *, think: float = 0.0) -> Iterator[list[Person]]:
    """Everybody of the panel, each in front of a browser."""
    with visitors(server, samples, len(panel.cookies)) as browsers:
        for browser, cookie in zip(browsers, panel.cookies.values(), strict=True):
            browser.cookie = f"session={cookie}"
        pairs = zip(panel.cookies, browsers, strict=True)
        yield [Person(panel, who, browser, Random(n), think) for n, (who, browser) in enumerate(pairs)]


@dataclass(frozen=True)
class Turn:
    """What a server did in some seconds."""

    per_second: float
    cpu: float  # milliseconds of one
    took: list[float]


def turn(server: Server, people: Sequence[Steps], samples: Samples, kind: str, seconds: float, threads: int) -> Turn:
    """Let people write for some seconds, flat out."""
    samples.taken.clear()
    used, begun = server.cpu(), time.monotonic()
    problems = Crowd(people, begun + seconds, threads).play()
    lasted = time.monotonic() - begun
    took = samples.of(kind)
    if problems or samples.errors():
        raise RuntimeError(f"{problems[:3]} {samples.errors()}")
    return Turn(len(took) / lasted, 1000 * (server.cpu() - used) / max(1, len(took)), took)
