"""The questionnaire of a draft as a panelist gets it who has not answered before."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from delphi.model.round import Round, State, find_round
from delphi.model.study import Study
from rounds.questionnaire.cards import Card, cards, with_feedback
from rounds.questionnaire.paging import pages

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class PreviewPage:
    """One page of the questionnaire of a draft, with all its cards; feedback stands there once it is released."""

    number: int
    pages: int
    cards: list[Card]
    everything: list[Card]
    released: bool


def preview_page(session: Session, study: Study, draft: Round, number: int) -> PreviewPage:
    """A page of the questionnaire by its number; the first or the last for a number beyond them."""
    everything = cards(session, study, draft.number, NOBODY)
    cut = pages([card.section for card in everything])
    page = min(max(number, 1), max(len(cut), 1))
    shown = [everything[i] for i in cut[page - 1]] if cut else []
    before = find_round(session, study.id, draft.number - 1)
    released = before is not None and before.state is State.RELEASED
    if released:
        shown = with_feedback(session, study, draft.number, NOBODY, shown)
    return PreviewPage(page, len(cut), shown, everything, released)
