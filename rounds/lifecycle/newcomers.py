"""Who joins with the next round, and what one newcomer would tell: read by the lead before the launch."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from delphi.consensus.disclosure.newcomers import Guess, guess_newcomer
from delphi.consensus.vocabulary import EVERYBODY
from delphi.model.round import Round
from delphi.model.study import Study
from rounds.lifecycle import headcount
from rounds.seal import reading


@dataclass(frozen=True, slots=True)
class Newcomers:
    """People who are invited for the first time, beside those who took part in the round before."""

    joining: int
    took_part: int
    guess: Guess


def newcomers(session: Session, study: Study, draft: Round) -> Newcomers | None:
    """Say what a newcomer to a draft round would tell; None where nobody joins, or nothing was counted before."""
    sealed = reading.sealed_of(session, study, draft.number - 1) if draft.number > 1 else None
    panel = sealed.numbers_of(EVERYBODY) if sealed else None
    if sealed is None or panel is None:
        return None
    joining = headcount.headcount(session, study, draft).joining
    guess = guess_newcomer([cell.options for cell in sealed.cells if cell.people == EVERYBODY]) if joining else None
    return None if guess is None else Newcomers(joining, panel.counted, guess)
