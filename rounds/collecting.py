"""The lead's page of statements that panelists wrote: take, join or leave out, each once."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.study import Study
from delphi.statements import NewStatement
from delphi.web.edge import current_session
from delphi.web.policy import account, policy
from delphi.web.texts import gettext as _
from rounds import collected
from rounds.decisions import By
from rounds.forms import ButtonForm, ProposalForm

blueprint = Blueprint("collecting", __name__, url_prefix="/studies/<slug>/proposals")


def _study(slug: str) -> Study:
    return access.study_for(current_session(), account(), slug, to=Capability.LEAD)


@blueprint.get("")
@policy(Capability.LEAD)
def show(slug: str) -> str:
    """List what the panel wrote in rounds that are over, without authors."""
    study = _study(slug)
    everything = collected.collected(current_session(), study)
    return render_template(
        "desk/collected.html",
        study=study,
        form=ButtonForm(),
        waiting=[one for one in everything if one.taken is None],
        decided=[one for one in everything if one.taken is not None],
    )


@blueprint.post("/<uuid:proposal>")
@policy(Capability.LEAD)
def decide(slug: str, proposal: UUID) -> Response:
    """Take one into the list, join it to a statement that is there, or leave it out."""
    study, session, form = _study(slug), current_session(), ProposalForm()
    code, text = (form.code.data or "").strip(), (form.text.data or "").strip()
    decision = request.form.get("decision")
    if not form.validate() or (decision == "take" and not (code and text)):
        raise Refused(
            _("A proposal needs a code and a text of at most 5,000 characters to be taken; nothing was changed.")
        )
    by = By(account().id, clock.now(), (form.reason.data or "").strip())
    if decision == "take":
        new = NewStatement(code, text, section=(form.section.data or "").strip())
        collected.accept(session, study, proposal, new, by=by)
    elif decision == "join":
        collected.merge(session, study, proposal, code, by=by)
    else:
        collected.decline(session, study, proposal, by=by)
    flash(_("The decision is saved."))
    return redirect(url_for("collecting.show", slug=slug), 303)
