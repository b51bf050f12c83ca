"""Results as pages and files. What a reader may see depends on the capability, and is decided here once."""

from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import access
from delphi.access import Capability
from delphi.errors import NotFound, Refused
from delphi.model.round import Round, State
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from exports.files.orders import Order
from exports.files.pages.files import given_out
from exports.formats import FORMATS
from exports.record.profile import Profile
from exports.record.rows import consensus_table
from exports.results import journal
from exports.tables.suppression import suppress
from exports.tables.table import Table

blueprint = Blueprint("journal", __name__)


@blueprint.get("/studies/<slug>/results")
@policy(Capability.READ)
def show(slug: str) -> str:
    """Show the consensus table of a round in the style of a journal."""
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.READ)
    rounds = visible_rounds(session, study)
    chosen = next(
        (r for r in rounds if r.number == request.args.get("round", type=int)), rounds[-1] if rounds else None
    )
    if chosen is None:
        return render_template("results/no_results.html", study=study)
    table = _permitted(session, study, consensus_table(session, study, [chosen], shown=True))
    return render_template(
        "results/journal.html",
        study=study,
        round=chosen,
        rounds=rounds,
        form=ButtonForm(),
        page=journal.page(table.as_dicts(), definition_of(study)),
        formats={key: FORMATS[key] for key in ("csv", "xlsx", "docx", "pdf", "json")},
        archive=Capability.AUDIT in access.capabilities(session, account(), study),
    )


@blueprint.post("/studies/<slug>/results.<format>")
@policy(Capability.READ)
def download(slug: str, format: str) -> Response:
    """Write the consensus table of all visible rounds as a file; the download is an event."""
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.READ)
    order = Order("consensus", format, _profile(session, study))
    try:
        order.check()
    except Refused:
        raise NotFound from None
    return given_out(session, study, order)


def visible_rounds(session: Session, study: Study) -> list[Round]:
    """List the rounds whose results this reader may see: released ones, and closed ones for who may analyse."""
    may = access.capabilities(session, account(), study)
    states = {State.RELEASED} | ({State.CLOSED} if Capability.ANALYSE in may else set())
    rounds = session.scalars(select(Round).where(Round.study_id == study.id).order_by(Round.number))
    return [round_ for round_ in rounds if round_.state in states]


def _profile(session: Session, study: Study) -> Profile:
    analyst = Capability.ANALYSE in access.capabilities(session, account(), study)
    return Profile.ANALYST if analyst else Profile.PUBLIC


def _permitted(session: Session, study: Study, table: Table) -> Table:
    """Hide small numbers from everybody but the analyst profile."""
    return table if _profile(session, study) is Profile.ANALYST else suppress(table, study.smallest_cell)
