"""What letters to the team say, decided when they are sent."""

from typing import Any

from sqlalchemy.orm import Session

from delphi.config import Settings
from delphi.model.letter import TeamLetter, TeamLetterKind
from delphi.model.study import Study
from delphi.people import bounces


def facts_of(session: Session, letter: TeamLetter, study: Study, settings: Settings) -> dict[str, Any] | None:
    """Collect what a letter to the team needs; None if there is nothing to say any more."""
    desk = f"{settings.public_url}/studies/{study.slug}"
    if letter.kind is TeamLetterKind.BOUNCE:
        n = bounces.count(session, study.id)
        return {"study": study, "bounced": n, "page": f"{desk}/panel"} if n else None
    return None
