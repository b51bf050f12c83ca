"""The one place that reads this machine's clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time in UTC, to the second: nothing here needs more, and less can be told from it."""
    return datetime.now(UTC).replace(microsecond=0)
