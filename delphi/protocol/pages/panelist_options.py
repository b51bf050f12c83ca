"""The lead's page for the panelist's side: what panelists may write, how they may leave, which days are planned."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.model.study import Study, Withdrawal
from delphi.protocol import panelist_options
from delphi.protocol.forms import PanelSideForm
from delphi.protocol.panelist_options import PanelSide
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("panelist_options", __name__)
Page = Response | str | tuple[str, int]


@blueprint.route("/studies/<slug>/panel-side", methods=["GET", "POST"])
@policy(Capability.LEAD)
def show(slug: str) -> Page:
    """Show and change the settings."""
    session, form = current_session(), PanelSideForm()
    study = access.study_for(session, account(), slug, to=Capability.LEAD)
    draft = panelist_options.upcoming(session, study)
    if form.validate_on_submit():
        if panelist_options.decide(session, study, _wanted(form, study), by=account().id, at=clock.now()):
            flash(_("The settings of the panelist's side are saved."))
        return redirect(url_for("panelist_options.show", slug=slug), 303)
    if not form.is_submitted():
        _fill(form, study)
        form.opens_on.data = draft.opens_on if draft else None
        form.names_until.data = study.names_until
    page = render_template("protocol/panelist_options.html", study=study, form=form, draft=draft)
    return page, 422 if form.is_submitted() else 200


def _fill(form: PanelSideForm, study: Study) -> None:
    """Show what the protocol holds."""
    form.open_round.data = 0 in study.proposal_rounds
    form.proposals.data = any(study.proposal_rounds)
    form.open_question.data = study.open_question
    for choice in Withdrawal:
        form[choice.value].data = choice.value in study.withdrawal_choices


def _wanted(form: PanelSideForm, study: Study) -> PanelSide:
    """Read the form; what the lock holds cannot be filled in any more and stays as it is."""
    if study.protocol_locked_at:
        _fill(form, study)
    return PanelSide(
        open_round=bool(form.open_round.data),
        proposals=bool(form.proposals.data),
        open_question=(form.open_question.data or "").strip(),
        withdrawal_choices=tuple(choice for choice in Withdrawal if form[choice.value].data),
        opens_on=form.opens_on.data,
        names_until=form.names_until.data,
    )
