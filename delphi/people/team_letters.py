"""What letters to the team say, decided when they are sent."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.config import Settings
from delphi.dates import in_words, locale_of
from delphi.model.letter import TeamLetter, TeamLetterKind
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.people import bounces


def facts_of(session: Session, letter: TeamLetter, study: Study, settings: Settings) -> dict[str, Any] | None:
    """Collect what a letter to the team needs; None if there is nothing to say any more."""
    desk = f"{settings.public_url}/studies/{study.slug}"
    if letter.kind is TeamLetterKind.BOUNCE:
        n = bounces.count(session, study.id)
        return {"study": study, "bounced": n, "page": f"{desk}/panel"} if n else None
    number, *counts = (letter.about or "").split(":")
    round_ = session.get_one(Round, (study.id, int(number)))
    facts = {"study": study, "round": round_, "page": f"{desk}/rounds/{number}"}
    if letter.kind is TeamLetterKind.ROUND_CLOSED:
        return facts | {"closed": _when(study, round_.closed_at)}
    if round_.closed_at is not None:
        return None
    return facts | {"closes": _when(study, round_.closes_at), "finished": counts[0], "invited": counts[1]}


def _when(study: Study, moment: datetime | None) -> str:
    return in_words(moment, study.time_zone, locale=locale_of(study.language)) if moment else ""


def queue_test(session: Session, study: Study, kind: str, language: str, account: int, *, at: datetime) -> bool:
    """Queue a letter as a test to a member of the team; False if the same waits already."""
    about = f"{kind}:{language}"
    own = {"study_id": study.id, "account": account, "kind": TeamLetterKind.TEST, "about": about}
    if session.scalar(select(TeamLetter.id).filter_by(**own).where(TeamLetter.unsent).limit(1)) is not None:
        return False
    session.add(TeamLetter(**own, id=uuid4(), run_after=at, attempts=0))
    session.flush()
    return True
