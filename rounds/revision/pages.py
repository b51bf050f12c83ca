"""Pages of the next-round desk: decide on every statement, change wordings, preview the questionnaire, take back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.access import Capability
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Proposal
from delphi.errors import Refused
from delphi.model.round import Round, find_round
from delphi.model.study import Study
from delphi.web.forms import ButtonForm
from delphi.web.language import as_the_panel_reads
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.moderation import rulings
from rounds.revision import changes, proposals, suggestions
from rounds.revision.decisions import DecidedBy
from rounds.revision.desk import desk_of
from rounds.revision.forms import (
    CHOICES,
    AddForm,
    RewordForm,
    SplitForm,
    SuggestionForm,
    read_decisions,
    read_parents,
    read_reason,
)
from rounds.revision.lineage import parts_of
from rounds.revision.preview import preview_page

blueprint = Blueprint("revision", __name__, url_prefix="/studies/<slug>/rounds/<int:number>")


def _back(draft: Round, study: Study, message: str, anchor: int | None = None) -> Response:
    flash(message)
    place, shown = f"s{anchor}" if anchor else None, request.args.get("show")
    return redirect(url_for("round.show", slug=study.slug, number=draft.number, show=shown, _anchor=place), 303)


def _by(reason: str = "", proposal: Proposal | None = None) -> DecidedBy:
    """Who decides, when and why, and what the rule had proposed."""
    return DecidedBy(account().id, clock.now(), reason.strip(), proposal)


def _by_on(study: Study, draft: Round, statement: int, reason: str) -> DecidedBy:
    proposed = proposals.proposed_for(current_session(), study, draft)
    return _by(reason, proposed.get(statement))


@blueprint.post("/decide")
@policy(Capability.LEAD)
def decide(study: Study, round_: Round) -> Response:
    """Decide on the statements of the page: follow the rule, or another decision with its reason."""
    session, by, at = current_session(), account().id, clock.now()
    if request.form.get("all") == "follow":
        n = proposals.accept_all(session, study, round_, by=by, at=at)
        return _back(round_, study, _("%(n)s proposals of the rule were followed.") % {"n": n})
    chosen = read_decisions(request.form, proposals.proposed_for(session, study, round_), by=by, at=at)
    n = changes.decide(session, round_, chosen)
    return _back(round_, study, _("%(n)s decisions were saved.") % {"n": n}, next(iter(chosen), None))


@blueprint.get("/statements/<int:statement>")
@policy(Capability.LEAD)
def show(study: Study, round_: Round, statement: int) -> str:
    """Show one statement at the desk: its result, its comments, and what can be made of it."""
    session = current_session()
    desk, row = desk_of(session, study, round_, statement)
    before = find_round(session, study.id, round_.number - 1)
    return render_template(
        "revision/statement.html",
        study=study,
        round=round_,
        scale=SCALES[study.scale],
        form=ButtonForm(),
        row=row,
        desk=desk,
        comments=rulings.queue(session, before, statement) if before else [],
        choices=CHOICES,
        others=[other for other in desk.rows if other.number != statement and other.draft_text],
    )


@blueprint.post("/statements/<int:statement>/undo")
@policy(Capability.LEAD)
def undo(study: Study, round_: Round, statement: int) -> Response:
    """Take the decision on a statement back."""
    changes.undo(current_session(), round_, statement, by=_by())
    return _back(round_, study, _("The decision was taken back; what it had made is gone."), statement)


@blueprint.post("/statements/<int:statement>/reword")
@policy(Capability.LEAD)
def reword(study: Study, round_: Round, statement: int) -> Response:
    """Reword a statement."""
    form = RewordForm()
    if not form.validate():
        raise Refused(_("A rewording needs the new wording and a reason; nothing was changed."))
    by, text = _by_on(study, round_, statement, form.reason.data or ""), (form.text.data or "").strip()
    changes.reword(current_session(), round_, statement, text=text, same_meaning=form.same_meaning.data, by=by)
    return _back(round_, study, _("The new wording is in the draft."), statement)


@blueprint.post("/statements/<int:statement>/split")
@policy(Capability.LEAD)
def split(study: Study, round_: Round, statement: int) -> Response:
    """Put several statements in the place of one."""
    form = SplitForm()
    if not form.validate():
        raise Refused(_("A split needs a code and a wording for each part, and a reason; nothing was changed."))
    by = _by_on(study, round_, statement, form.reason.data or "")
    parts = parts_of(current_session(), round_, statement, form.wordings())
    changes.split(current_session(), round_, statement, parts, by=by)
    return _back(round_, study, _("The statement was split in the draft."), statement)


@blueprint.post("/statements/<int:statement>/drop")
@policy(Capability.LEAD)
def drop(study: Study, round_: Round, statement: int) -> Response:
    """Ask a statement no longer."""
    changes.drop(current_session(), round_, statement, by=_by_on(study, round_, statement, read_reason()))
    return _back(round_, study, _("The statement is not asked in this round."), statement)


@blueprint.post("/statements/<int:statement>/reopen")
@policy(Capability.LEAD)
def reopen(study: Study, round_: Round, statement: int) -> Response:
    """Ask a settled statement again."""
    changes.reopen(current_session(), round_, statement, by=_by(read_reason()))
    return _back(round_, study, _("The statement is asked again."), statement)


@blueprint.post("/statements")
@policy(Capability.LEAD)
def add(study: Study, round_: Round) -> Response:
    """Add a statement, or merge the chosen ones into it."""
    form, session = AddForm(), current_session()
    if not form.validate():
        raise Refused(_("A new statement needs a code, its wording and a reason; nothing was changed."))
    parents, by = read_parents(request.form), _by(form.reason.data or "")
    if not parents:
        changes.add(session, round_, form.statement(), by=by)
        return _back(round_, study, _("The statement was added to the draft."))
    proposed = proposals.proposed_for(session, study, round_)
    changes.merge(session, round_, parents, form.statement(), by=by, proposals=proposed)
    return _back(round_, study, _("The statements were merged in the draft."), parents[0])


@blueprint.post("/suggestions/<uuid:suggestion>")
@policy(Capability.LEAD)
def suggestion(study: Study, round_: Round, suggestion: UUID) -> Response:
    """Take a panelist's statement up, merge it into one, or leave it out; or take such a decision back."""
    session, form = current_session(), SuggestionForm()
    if request.form.get("do") == "back":
        suggestions.reconsider(session, round_, suggestion, by=_by())
        return _back(round_, study, _("The decision on the suggestion was taken back."))
    if not form.validate():
        raise Refused(_("This decision needs a reason; nothing was changed."))
    _decide_suggestion(form, round_, suggestion)
    return _back(round_, study, _("The suggestion was decided on."))


def _decide_suggestion(form: SuggestionForm, draft: Round, suggestion: UUID) -> None:
    session, by = current_session(), _by(form.reason.data or "")
    match request.form.get("do"):
        case "take":
            suggestions.take(session, draft, suggestion, form.new_statement(), by=by)
        case "merge":
            suggestions.merge(session, draft, suggestion, form.statement.data or 0, by=by)
        case _:
            suggestions.decline(session, draft, suggestion, by=by)


@blueprint.get("/preview")
@policy(Capability.LEAD)
def preview(study: Study, round_: Round) -> str:
    """Show the next questionnaire as a panelist gets it who has not answered before; nothing can be saved here."""
    as_the_panel_reads(study.item_noun.value)
    shown = preview_page(current_session(), study, round_, request.args.get("page", 1, type=int))
    return render_template(
        "revision/preview.html",
        study=study,
        round=round_,
        scale=SCALES[study.scale],
        cards=shown.cards,
        answer_sheet={"cards": shown.everything},
        page=shown.number,
        pages=shown.pages,
        total=len(shown.everything),
        released=shown.released,
        typed={},
        errors={},
        conflicts=(),
    )
