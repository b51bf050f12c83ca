"""The one place that reads this machine's clock, and sets it right by the database's where that is another machine's."""

import time
from datetime import UTC, datetime, timedelta

SECONDS_TO_TRUST = 60.0  # before the database is asked again what time it is
UNLIKE = 1.0  # seconds of difference from which on this machine's clock is wrong
_ahead = timedelta(0)
_asked_at: float | None = None


def now() -> datetime:
    """Return the time in UTC, to the second: nothing here needs more, and less can be told from it."""
    return (datetime.now(UTC) + _ahead).replace(microsecond=0)


def is_unsure() -> bool:
    """Whether the database has not been asked for the time lately."""
    return _asked_at is None or not 0 <= time.monotonic() - _asked_at < SECONDS_TO_TRUST


def follow(seconds: float, *, asked_for: float) -> None:
    """Go by the database's clock from here on: it said ``seconds`` since 1970, and took ``asked_for`` seconds to say so."""
    global _ahead, _asked_at  # noqa: PLW0603 (a process has one clock)
    _asked_at = time.monotonic()
    if asked_for < UNLIKE:  # an answer that came late says little
        ahead = seconds - (time.time() - asked_for / 2)
        _ahead = timedelta(seconds=ahead) if abs(ahead) >= UNLIKE else timedelta(0)
