"""The personal feedback document as a file, for the panelist of this browser and for nobody else."""

import io
from typing import Any

from flask import Blueprint, Response, redirect, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from delphi.consensus.shipped_scales import SCALES
from delphi.dates import in_words
from delphi.errors import NotFound
from delphi.model.rating import Rating
from delphi.model.round import Participation, Round, State
from delphi.web.policy import PANELIST, panelist, policy
from delphi.web.transaction import current_session
from exports.formats import FORMATS
from exports.personal.document import document_for
from exports.record.profile import Profile
from exports.record.study_record import StudyRecord
from rounds.questionnaire.outcomes import outcomes_of_round

blueprint = Blueprint("personal", __name__)


@blueprint.get("/panel/rounds/<int:number>/feedback.<any(html, pdf):paper>")
@policy(PANELIST)
def feedback(number: int, paper: str) -> AnyResponse:
    """Make the document; nothing is stored, and no event is written: nothing with a clock is caused by a panelist."""
    study, who = panelist()
    session = current_session()
    round_ = session.get(Round, (study.id, number)) if number < 2**31 else None
    invited = session.get(Participation, (study.id, number, who.id)) if round_ else None
    if not round_ or not invited or not who.taking_part:
        raise NotFound
    if round_.state is not State.RELEASED or round_.released_at is None:
        return redirect(url_for("home.show"), 303)
    given = session.scalars(
        select(Rating)
        .filter_by(study_id=study.id, panelist=who.id)
        .where(Rating.round <= number, Rating.given)
        .order_by(Rating.round)
    )
    scale = SCALES[study.scale]
    own: dict[int, list[Any]] = {}
    for rating in given:
        said = scale.opt_out if rating.value is None else scale.labels[rating.value - scale.lo]
        own.setdefault(rating.statement, []).append((rating.round, said))
    facts = StudyRecord(session, study, Profile.PUBLIC).study
    released = in_words(round_.released_at, study.time_zone)
    document = document_for(facts, number, released, outcomes_of_round(session, study, who, number), own)
    stream = io.BytesIO()
    FORMATS[paper].write(document, stream)
    name = f"feedback_{study.slug}_round-{number}.{paper}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream.getvalue(), mimetype=FORMATS[paper].media_type, headers=headers)
