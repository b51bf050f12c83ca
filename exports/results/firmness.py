"""How firmly the verdict of one statement stands, as it was sealed, for who may analyse."""

from sqlalchemy.orm import Session

from delphi.model.round import Round
from delphi.model.study import Study
from exports.record.parts.results import figures_of_rounds
from exports.record.sealed_figures import UNKEPT, Firmness

NOT_KEPT = "not_kept"  # the bundle from which the study was imported held no figures


def firmness_of(session: Session, study: Study, round_: Round, code: str) -> Firmness | None:
    """What was tried on the verdict of a statement, or why nothing was; None while it is being computed."""
    made = figures_of_rounds(session, study, [round_.number]).get(round_.number)
    if made is UNKEPT:
        return Firmness(reason=NOT_KEPT)
    return None if made is None else made.firmness.get(code)
