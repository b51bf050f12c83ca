"""How each translation was checked, for example by back-translation: a note a language, told in protocol and methods."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.contents import translating
from delphi.contents.reading import Wording
from delphi.model.study import Study
from delphi.model.translation import Translation

ITEM = "language.check"  # it stands beside the translations, and is made from no wording


def notes(session: Session, study: Study) -> dict[str, str]:
    """The notes by language, in the order of the study's languages; without other languages nothing is asked."""
    if not study.languages:
        return {}
    rows = select(Translation.language, Translation.text).filter_by(study_id=study.id, item=ITEM)
    found = {row.language: row.text for row in session.execute(rows)}
    return {language: found[language] for language in study.languages if language in found}


def keep(session: Session, study: Study, language: str, note: str, *, by: int, at: datetime) -> None:
    """Keep the note of a language; an empty one is removed."""
    translating.write(session, study, language, {ITEM: Wording(note, "")}, by=by, at=at)
