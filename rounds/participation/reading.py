"""What there is to read in a launched round: counted once in a process, for every page that names minutes."""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi.model.study import Study
from delphi.statements.duration import Reading, reading_of

Remember = Callable[[Hashable, Callable[[], Any]], Any]  # by a name, what was made under it before, or what is made now


def reading_once(
    session: Session, study_id: int, number: int, *, made: datetime, launched: datetime | None, remember: Remember
) -> Reading:
    """The words on the cards of a round; of one that was launched they are counted once."""

    def count() -> Reading:
        return reading_of(session, session.get_one(Study, study_id), number)

    if launched is None:
        return count()
    found: Reading = remember(("reading", study_id, made, number, launched), count)
    return found
