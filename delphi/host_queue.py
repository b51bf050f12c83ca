"""The queue of processes on one host that write the same SQLite file: the pages, and `delphi work` beside them.

SQLite's busy handler lets whoever tries most often go first. Here a process takes a ticket, waits for the turn, and lets go of the
ticket: nobody has the turn twice while somebody waits. The locks are the operating system's, and end with their process.
"""

import os
import time
import weakref
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: SQLite's busy handler has to do
    fcntl = None  # type: ignore[assignment]

TICKET, TURN = 0, 1
SECONDS_BETWEEN_LOOKS = 0.0005


class HostQueue:
    """A queue through a file beside the database; within a process one thread at a time may stand in it."""

    def __init__(self, database: str | None) -> None:
        self._path = None if not database or database == ":memory:" or fcntl is None else Path(f"{database}-writers")
        self._file: int | None = None

    def enter(self, wait: float) -> float:
        """Wait for the turn, at most so many seconds; what is left of them."""
        if not self._is_open():
            return wait
        end = time.monotonic() + wait
        if self._take(TICKET, end):
            self._take(TURN, end)
            self._let_go(TICKET)
        return max(0.0, end - time.monotonic())

    def leave(self) -> None:
        """Let the next process in."""
        if self._file is not None:
            self._let_go(TURN)

    def _is_open(self) -> bool:
        """Open the file when it is first needed; where none can be made the database cannot be written either, and says so."""
        if self._file is None and self._path is not None:
            try:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:
                return False
            weakref.finalize(self, os.close, self._file)
        return self._file is not None

    def _take(self, place: int, end: float) -> bool:
        assert self._file is not None
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
            except OSError:
                if time.monotonic() > end:
                    return False
                time.sleep(SECONDS_BETWEEN_LOOKS)
            else:
                return True

    def _let_go(self, place: int) -> None:
        assert self._file is not None
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)
