"""Panelists who save one answer after the other, each until it is acknowledged, and the book of what was acknowledged to them."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from typing import Any, Self
from urllib.parse import urlencode
from uuid import uuid4

from served import STATEMENTS, Door, Site
from sqlalchemy import select

from delphi.model.rating import Rating, SaveRequest

PAUSE = 0.1  # seconds before a save that was not acknowledged is sent again
SECONDS_FOR_ONE = 180
SECONDS_FOR_ANSWER = 40


@dataclass
class Book:
    """What was answered to all savers."""

    acknowledged: dict[str, tuple[Any, int, int]] = field(default_factory=dict)  # by key: panelist, statement, value
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    longest: float = 0.0
    newest: float = 0.0  # when the newest save was sent that was acknowledged
    last: float = field(default_factory=time.monotonic)

    @property
    def told(self) -> str:
        """What the savers met beside acknowledgements."""
        return ", ".join(f"{n} × {what}" for what, n in sorted(self.answers.items()) if what != "200") or "–"


class Saver(threading.Thread):
    """A panelist who answers one statement after the other, and begins anew."""

    def __init__(self, ports: list[int], who: Any, door: Door, book: Book, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.ports, self.who, self.door, self.book, self.stop = ports, who, door, book, stop
        self.fresh = False  # whether each save has a connection of its own
        self.closes = False  # whether the round may be closed meanwhile
        self.connection: HTTPConnection | None = None
        self.tries = 0

    def run(self) -> None:
        seen = Counter[int]()
        for statement in cycle(range(1, STATEMENTS + 1)):
            if self.stop.is_set() or not self.save(statement, 1 + seen[statement] % 2, seen[statement]):
                self.leave()
                return
            seen[statement] += 1

    def save(self, statement: int, value: int, seen: int) -> bool:
        """Send one save with one key until it is acknowledged; False if that cannot come any more."""
        key, began = str(uuid4()), time.monotonic()
        body = {f"answer-{statement}": value, f"seen-answer-{statement}": seen, "request": key}
        while time.monotonic() - began < SECONDS_FOR_ONE:
            sent = time.monotonic()
            status, told = self.post(urlencode(body))
            self.book.answers[status] += 1
            if status == "200":
                self.enter(key, statement, value, seen, told)
                self.book.newest = max(self.book.newest, sent)
                self.book.longest = max(self.book.longest, time.monotonic() - began)
                return True
            if status == "409" and self.closes and '"closed"' in told:
                return False
            if status not in ("503", "507", "refused", "broken"):
                self.book.wrong.append(f"{status}: {told[:200]}")
                return False
            time.sleep(PAUSE)
        self.book.wrong.append("a save was never acknowledged")
        return False

    def enter(self, key: str, statement: int, value: int, seen: int, told: str) -> None:
        if f'"answer-{statement}":{seen + 1}' not in told.replace(" ", ""):
            self.book.wrong.append(f"stored twice: {told[:200]}")
        self.book.acknowledged[key] = (self.who, statement, value)
        self.book.last = time.monotonic()

    def post(self, body: str) -> tuple[str, str]:
        """Send once; the status, or how the connection failed."""
        head = {
            "Host": "delphi.example.org",
            "Cookie": self.door.cookie,
            "X-CSRFToken": self.door.token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            if self.connection is None:
                self.tries += 1
                port = self.ports[self.tries % len(self.ports)]
                self.connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS_FOR_ANSWER)
            self.connection.request("POST", "/panel/answers", body, head)
            answer = self.connection.getresponse()
            told = answer.read().decode()
        except (OSError, HTTPException) as error:
            self.leave()
            return "refused" if isinstance(error, ConnectionRefusedError) else "broken", ""
        if answer.status in (503, 507) and not answer.getheader("Retry-After"):
            self.book.wrong.append("no Retry-After")
        if answer.will_close or self.fresh:
            self.leave()
        return str(answer.status), told

    def leave(self) -> None:
        """Give the connection up; the next save may go to another server."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


class Load:
    """Savers at work, until they are told to stop."""

    def __init__(self, site: Site, *ports: int, savers: int = 6, fresh: bool = False, closes: bool = False) -> None:
        self.site, self.book, self._stop, self.closes = site, Book(), threading.Event(), closes
        places = list(ports)
        self.savers = [
            Saver(
                places[n % len(places) :] + places[: n % len(places)],
                site.panel[n],
                site.panelist(n),
                self.book,
                self._stop,
            )
            for n in range(savers)
        ]
        for saver in self.savers:
            saver.fresh, saver.closes = fresh, closes

    def __enter__(self) -> Self:
        for saver in self.savers:
            saver.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let each saver come to the end of the save in its hands."""
        self._stop.set()
        for saver in self.savers:
            saver.join(SECONDS_FOR_ONE)

    @property
    def ended(self) -> bool:
        """Whether every saver met the close of the round, or something wrong."""
        return not any(saver.is_alive() for saver in self.savers)

    @property
    def saved(self) -> int:
        return len(self.book.acknowledged)

    def check(self) -> tuple[int, int]:
        """How many acknowledged saves are lost, and how many were stored twice or unasked."""
        savers = [saver.who for saver in self.savers]
        with self.site.database.transaction(writing=False) as session:
            keys = Counter(session.scalars(select(SaveRequest.key).where(SaveRequest.panelist.in_(savers))))
            if self.closes:  # a close removes the keys; values and versions tell
                keys = Counter(list(self.book.acknowledged))
            rows = session.scalars(select(Rating).where(Rating.panelist.in_(savers)))
            stored = {(row.panelist, row.statement): (row.value, row.version) for row in rows}
        newest = {(who, statement): value for who, statement, value in self.book.acknowledged.values()}
        lost = set(self.book.acknowledged) - set(keys)
        lost |= {place for place, value in newest.items() if place not in stored or stored[place][0] != value}
        asked = Counter((who, statement) for who, statement, _ in self.book.acknowledged.values())
        twice = sum(abs(version - asked[place]) for place, (_value, version) in stored.items())
        return len(lost), twice + sum(n - 1 for n in keys.values()) + len(set(keys) - set(self.book.acknowledged))
