"""Everything that a panelist's feedback document is made of, read for the one panelist who asked."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.access import round_numbered
from delphi.consensus.scale import Scale
from delphi.contents.reading import Contents
from delphi.dates import in_words, locale_of
from delphi.errors import NotFound
from delphi.letters.values import Words
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.round import Participation, State
from delphi.model.study import Study
from exports.personal.document import DocumentFacts, OwnAnswers, document_for
from exports.tables.document import Document
from rounds.questionnaire.outcomes import outcomes_of_round


def feedback_document(
    session: Session, study: Study, panelist: Panelist, number: int, contents: Contents, language: str
) -> Document | None:
    """Make the document of a round in a language; None as long as the round is not released.

    Raises
    ------
    NotFound
        There is no such round, or this panelist was not invited to it or has left.
    Withheld
        Something was given through another link than the one that this session was begun by.
    """
    round_ = round_numbered(session, study, number)
    invited = session.get(Participation, (study.id, number, panelist.id))
    if not invited or not panelist.taking_part:
        raise NotFound
    if round_.state is not State.RELEASED or round_.closed_at is None:
        return None
    handed_links.refuse_withheld(session)
    outcomes, scale = outcomes_of_round(session, study, panelist, number, contents), contents.scale(study)
    facts = DocumentFacts(
        title=str(contents.say("study.title", study.title)),
        notice=str(contents.say("study.notice", study.notice)),
        smallest_cell=study.smallest_cell,
        opt_out=str(scale.opt_out or ""),
        number=number,
        closed=in_words(round_.closed_at, study.time_zone, locale=locale_of(language)),
        contact=f"{study.lead_name}, {study.contact_email}",
    )
    own = _own_answers(session, study, scale, panelist, number)
    return document_for(facts, outcomes, own, Words(language, study.item_noun.value))


def _own_answers(session: Session, study: Study, scale: Scale, panelist: Panelist, number: int) -> OwnAnswers:
    """Read the panelist's answers up to a round, in words."""
    ratings = session.scalars(
        select(Rating)
        .filter_by(study_id=study.id, panelist=panelist.id)
        .where(Rating.round <= number, Rating.given)
        .order_by(Rating.round)
    )
    own: dict[int, list[tuple[int, str]]] = {}
    for rating in ratings:
        answer = (scale.opt_out or "") if rating.value is None else scale.labels[rating.value - scale.lo]
        own.setdefault(rating.statement, []).append((rating.round, answer))
    return own
