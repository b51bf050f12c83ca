"""Counting tries without storing who tried: keys are hashed with a secret that is thrown away every day (TRUST 5.5)."""

import hmac
import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from delphi.model.panel import Attempt, AttemptKey

DAY, HOUR, QUARTER = "day", "hour", "quarter"


def count(session: Session, purpose: str, key: str, *, at: datetime, by_hour: bool = False, by: str = DAY) -> int:
    """Count a try, and give how many there were with this key today, within this hour or quarter of an hour."""
    window = _window(purpose, at, HOUR if by_hour else by)
    insert = _insert(session, Attempt).values(key_hash=_hash(session, key, at.date()), window=window, n=1)
    counted = insert.on_conflict_do_update(index_elements=("key_hash", "window"), set_={"n": Attempt.n + 1}).returning(
        Attempt.n
    )
    n: int = session.execute(counted).scalar_one()
    return n


def forget(session: Session, purpose: str, key: str, *, at: datetime, by: str = DAY) -> None:
    """Forget the tries with this key: the last one was right."""
    hashed, window = _hash(session, key, at.date()), _window(purpose, at, by)
    session.execute(delete(Attempt).where(Attempt.key_hash == hashed, Attempt.window == window))


def _window(purpose: str, at: datetime, by: str) -> str:
    """Name the window of a moment, within the 20 characters of its column.

    Examples
    --------
    >>> [_window("client", datetime(2027, 3, 9, 22, 50), by) for by in (DAY, HOUR, QUARTER)]
    ['client 2027-03-09', 'client 2027-03-09T22', 'client 0309T22q3']
    """
    if by == QUARTER:
        return f"{purpose} {at:%m%dT%H}q{at.minute // 15}"
    return f"{purpose} {at:%Y-%m-%d{'T%H' if by == HOUR else ''}}"


def _hash(session: Session, key: str, day: date) -> str:
    secret = session.get(AttemptKey, day)
    if secret is None:
        session.execute(delete(Attempt))
        session.execute(delete(AttemptKey).where(AttemptKey.day < day))
        new = _insert(session, AttemptKey).values(day=day, secret=secrets.token_hex(32))
        session.execute(new.on_conflict_do_nothing(index_elements=("day",)))
        secret = session.get_one(AttemptKey, day)
    return hmac.new(secret.secret.encode(), key.encode(), "sha256").hexdigest()


def _insert(session: Session, table: type[Attempt | AttemptKey]) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)
