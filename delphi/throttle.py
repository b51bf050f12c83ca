"""Counting tries without storing who tried: keys are hashed with a secret that is thrown away every day (TRUST 5.5)."""

import hmac
import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from delphi.model.panel import Attempt, AttemptKey


def count(session: Session, purpose: str, key: str, *, at: datetime, by_hour: bool = False) -> int:
    """Count a try, and give how many there were with this key today or within this hour."""
    window = f"{purpose} {at:%Y-%m-%d{'T%H' if by_hour else ''}}"
    insert = _insert(session, Attempt).values(key_hash=_hash(session, key, at.date()), window=window, n=1)
    counted = insert.on_conflict_do_update(index_elements=("key_hash", "window"), set_={"n": Attempt.n + 1}).returning(
        Attempt.n
    )
    n: int = session.execute(counted).scalar_one()
    return n


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
