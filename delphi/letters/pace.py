"""How many letters a minute go to the addresses of one domain."""

import time
from collections import defaultdict, deque

MINUTE = 60.0


class DomainFull(Exception):
    """A domain has got its letters of this minute; ``wait`` says in how many seconds there is room."""

    def __init__(self, wait: float) -> None:
        super().__init__(wait)
        self.wait = wait


class Pace:
    """Counts the letters of the last minute by domain; who is sent away gets a moment of its own."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self._sent: dict[str, deque[float]] = defaultdict(deque)
        self._promised: dict[str, float] = {}

    def take(self, address: str) -> None:
        """Count a letter to an address.

        Raises
        ------
        DomainFull
            As many as are allowed have left within a minute.
        """
        if self.most is None:
            return
        domain, now = address.rpartition("@")[2].lower(), time.monotonic()
        sent = self._sent[domain]
        while sent and sent[0] <= now - MINUTE:
            sent.popleft()
        if len(sent) >= self.most:
            raise DomainFull(self._promise(domain, sent[0] + MINUTE) - now)
        sent.append(now)

    def _promise(self, domain: str, free: float) -> float:
        """Find the next moment that nobody else was promised."""
        moment = max(free, self._promised.get(domain, 0.0) + MINUTE / (self.most or 1))
        self._promised[domain] = moment
        return moment
