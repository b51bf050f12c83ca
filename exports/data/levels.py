"""Whether a file may hold single ratings: what the panel agreed to, fixed before the first invitation."""

from sqlalchemy.orm import Session

from delphi.errors import Refused
from delphi.model.origin import StudyImport
from delphi.model.study import Level, Study
from delphi.translations import N_
from exports.record.reader_profile import Profile
from rounds.seal import row_keeping

SEALED = N_(
    "This study is sealed: its panel was told that nobody sees single ratings, so there is no file of them. The bundle "
    "holds the counts. Nothing was written."
)
SEPARATED = N_(
    "Single ratings of this study are for its statistician alone. Everybody else has the counts, which the bundle holds. "
    "Nothing was written."
)
NOT_YET = N_(
    "Single ratings of this study are published when it is finished, and not before. The bundle holds the counts. Nothing "
    "was written."
)
NONE_HERE = N_("No single ratings of this study are kept here. The bundle holds the counts. Nothing was written.")


def may_hold_rows(session: Session, study: Study, profile: Profile) -> bool:
    """Whether files for this profile hold single ratings."""
    return _refusal(study, profile) is None and row_keeping.has_rows(session, study.id)


def check_rows(session: Session, study: Study, profile: Profile) -> None:
    """Refuse single ratings that a profile may not have, with the reason."""
    refusal = _refusal(study, profile)
    if refusal is None and not row_keeping.has_rows(session, study.id):
        waits = study.finished_at is None and session.get(StudyImport, study.id) is None
        refusal = NOT_YET if study.level is Level.OPEN_ROWS and waits else NONE_HERE
    if refusal is not None:
        raise Refused(refusal)


def _refusal(study: Study, profile: Profile) -> str | None:
    """Why the level of a study keeps single ratings from a profile."""
    if study.level is Level.SEALED:
        return SEALED
    return SEPARATED if study.level is Level.SEPARATED and profile is not Profile.STATISTICIAN else None
