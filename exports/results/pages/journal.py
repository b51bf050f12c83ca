"""The consensus table of a round as a page, and of all rounds as a file."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from delphi import access
from delphi.access import Capability
from delphi.errors import NotFound, Refused
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session, reads_first
from exports.files.orders import Order
from exports.files.pages import send
from exports.formats import FORMATS
from exports.results import journal
from exports.results.reader import Reader

blueprint = Blueprint("journal", __name__)
OFFERED = ("csv", "xlsx", "docx", "pdf", "json")


@blueprint.get("/studies/<slug>/results")
@policy(Capability.READ)
def show(study: Study) -> str:
    """Show the consensus table of a round in the style of a journal."""
    session = current_session()
    may = access.capabilities(session, account(), study)
    reader = Reader.of(session, study, may)
    chosen = reader.round(request.args.get("round", type=int))
    if chosen is None:
        return render_template("results/no_results.html", study=study, counting=reader.counting)
    return render_template(
        "results/journal.html",
        study=study,
        counting=reader.counting,
        round=chosen,
        rounds=reader.rounds,
        form=ButtonForm(),
        page=journal.page(reader.panel_rows(chosen), definition_of(study)),
        formats={key: FORMATS[key] for key in OFFERED},
        archive=Capability.AUDIT in may,
    )


@blueprint.post("/studies/<slug>/results.<format>")
@policy(Capability.READ)
@reads_first
def download(study: Study, format: str) -> Response:
    """Write the consensus table of all visible rounds as a file; the download is an event."""
    session = current_session()
    reader = Reader.of(session, study, access.capabilities(session, account(), study))
    order = Order("consensus", format, reader.profile)
    try:
        order.check()
    except Refused:
        raise NotFound from None
    return send(session, study, order)
