"""Pages of the next-round desk: decide on every statement, change wordings, preview the questionnaire, take back."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.consensus.shipped_scales import SCALES
from delphi.errors import NotFound, Refused
from delphi.model.round import Round, State
from delphi.model.statement import Kind
from delphi.model.study import Study
from delphi.statements.statements import NewStatement
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.moderation import rulings
from rounds.questionnaire.cards import cards, with_feedback
from rounds.questionnaire.paging import pages
from rounds.revision import changes, proposals, suggestions
from rounds.revision.decisions import By
from rounds.revision.desk import drafting
from rounds.revision.forms import CHOICES, AddForm, ReasonForm, RewordForm, SplitForm, SuggestionForm, read_decisions

blueprint = Blueprint("revision", __name__, url_prefix="/studies/<slug>/rounds/<int:number>")
NOBODY = UUID(int=0)


def _draft(slug: str, number: int) -> tuple[Study, Round]:
    return access.round_for(current_session(), account(), slug, number, to=Capability.LEAD)


def _back(slug: str, number: int, message: str, anchor: int | None = None) -> Response:
    flash(message)
    place = f"s{anchor}" if anchor else None
    return redirect(url_for("round.show", slug=slug, number=number, show=request.args.get("show"), _anchor=place), 303)


def _by(study: Study, draft: Round, statement: int | None = None, reason: str = "") -> By:
    """Say who decides, when and why, and what the rule had proposed on the statement."""
    proposed = proposals.proposed_for(current_session(), study, draft) if statement is not None else {}
    return By(account().id, clock.now(), reason.strip(), proposed.get(statement) if statement is not None else None)


@blueprint.post("/decide")
@policy(Capability.LEAD)
def decide(slug: str, number: int) -> Response:
    """Decide on the statements of the page: follow the rule, or another decision with its reason."""
    study, draft = _draft(slug, number)
    session = current_session()
    if request.form.get("all") == "follow":
        n = proposals.accept_all(session, study, draft, by=account().id, at=clock.now())
        return _back(slug, number, _("%(n)s proposals of the rule were followed.") % {"n": n})
    proposed = proposals.proposed_for(session, study, draft)
    chosen = read_decisions(request.form, proposed, by=account().id, at=clock.now())
    n = changes.decide(session, draft, chosen)
    return _back(slug, number, _("%(n)s decisions were saved.") % {"n": n}, next(iter(chosen), None))


@blueprint.get("/statements/<int:statement>")
@policy(Capability.LEAD)
def show(slug: str, number: int, statement: int) -> str:
    """Show one statement at the desk: its result, its comments, and what can be made of it."""
    study, draft = _draft(slug, number)
    session = current_session()
    if draft.state is not State.DRAFT:
        raise Refused(_("Round %(number)s was launched, so its questionnaire is fixed.") % {"number": number})
    desk = drafting(session, study, draft)
    row = next((row for row in (*desk.rows, *desk.settled) if row.number == statement), None)
    if row is None:
        raise NotFound
    before = session.get(Round, (study.id, number - 1))
    comments = rulings.queue(session, before, statement) if before else []
    return render_template(
        "revision/statement.html",
        study=study,
        round=draft,
        scale=SCALES[study.scale],
        form=ButtonForm(),
        row=row,
        desk=desk,
        comments=comments,
        choices=CHOICES,
        others=[other for other in desk.rows if other.number != statement and other.draft_text],
    )


@blueprint.post("/statements/<int:statement>/undo")
@policy(Capability.LEAD)
def undo(slug: str, number: int, statement: int) -> Response:
    """Take the decision on a statement back."""
    study, draft = _draft(slug, number)
    changes.undo(current_session(), draft, statement, by=_by(study, draft))
    return _back(slug, number, _("The decision was taken back; what it had made is gone."), statement)


@blueprint.post("/statements/<int:statement>/reword")
@policy(Capability.LEAD)
def reword(slug: str, number: int, statement: int) -> Response:
    """Give a statement a new wording."""
    study, draft = _draft(slug, number)
    form = RewordForm()
    if not form.validate():
        raise Refused(_("A rewording needs the new wording and a reason; nothing was changed."))
    by = _by(study, draft, statement, form.reason.data or "")
    text = (form.text.data or "").strip()
    changes.reword(current_session(), draft, statement, text=text, same_meaning=form.same_meaning.data, by=by)
    return _back(slug, number, _("The new wording is in the draft."), statement)


@blueprint.post("/statements/<int:statement>/split")
@policy(Capability.LEAD)
def split(slug: str, number: int, statement: int) -> Response:
    """Put several statements in the place of one."""
    study, draft = _draft(slug, number)
    form = SplitForm()
    if not form.validate():
        raise Refused(_("A split needs a code and a wording for each part, and a reason; nothing was changed."))
    old = next((row for row in drafting(current_session(), study, draft).rows if row.number == statement), None)
    if old is None:
        raise NotFound
    parts = [
        NewStatement(code=part["code"].strip(), text=part["text"].strip(), kind=Kind(old.kind), section=old.section)
        for part in form.parts.data
    ]
    by = _by(study, draft, statement, form.reason.data or "")
    changes.split(current_session(), draft, statement, parts, by=by)
    return _back(slug, number, _("The statement was split in the draft."), statement)


@blueprint.post("/statements/<int:statement>/drop")
@policy(Capability.LEAD)
def drop(slug: str, number: int, statement: int) -> Response:
    """Ask a statement no longer."""
    study, draft = _draft(slug, number)
    by = _by(study, draft, statement, _reason())
    changes.drop(current_session(), draft, statement, by=by)
    return _back(slug, number, _("The statement is not asked in this round."), statement)


@blueprint.post("/statements/<int:statement>/reopen")
@policy(Capability.LEAD)
def reopen(slug: str, number: int, statement: int) -> Response:
    """Ask a settled statement again."""
    study, draft = _draft(slug, number)
    changes.reopen(current_session(), draft, statement, by=_by(study, draft, None, _reason()))
    return _back(slug, number, _("The statement is asked again."), statement)


def _reason() -> str:
    form = ReasonForm()
    if not form.validate():
        raise Refused(_("This decision needs a reason; nothing was changed."))
    return form.reason.data or ""


@blueprint.post("/statements")
@policy(Capability.LEAD)
def add(slug: str, number: int) -> Response:
    """Add a statement, or merge the chosen ones into it."""
    study, draft = _draft(slug, number)
    form = AddForm()
    if not form.validate():
        raise Refused(_("A new statement needs a code, its wording and a reason; nothing was changed."))
    new = NewStatement(
        code=(form.code.data or "").strip(),
        text=(form.text.data or "").strip(),
        kind=Kind(form.kind.data),
        section=(form.section.data or "").strip(),
    )
    parents = [int(value) for value in request.form.getlist("merge") if value.isdigit()]
    by = _by(study, draft, None, form.reason.data or "")
    if parents:
        proposed = proposals.proposed_for(current_session(), study, draft)
        changes.merge(current_session(), draft, parents, new, by=by, proposals=proposed)
        return _back(slug, number, _("The statements were merged in the draft."), parents[0])
    changes.add(current_session(), draft, new, by=by)
    return _back(slug, number, _("The statement was added to the draft."))


@blueprint.post("/suggestions/<uuid:suggestion>")
@policy(Capability.LEAD)
def suggestion(slug: str, number: int, suggestion: UUID) -> Response:
    """Take a panelist's statement up, merge it into one, or leave it out."""
    study, draft = _draft(slug, number)
    session, form = current_session(), SuggestionForm()
    if request.form.get("do") == "back":
        suggestions.reconsider(session, draft, suggestion, by=_by(study, draft))
        return _back(slug, number, _("The decision on the proposal was taken back."))
    if not form.validate():
        raise Refused(_("This decision needs a reason; nothing was changed."))
    by = _by(study, draft, None, form.reason.data or "")
    match request.form.get("do"):
        case "take":
            suggestions.take(session, draft, suggestion, form.statement_of(), by=by)
        case "merge":
            suggestions.merge(session, draft, suggestion, form.statement.data or 0, by=by)
        case _:
            suggestions.decline(session, draft, suggestion, by=by)
    return _back(slug, number, _("The proposal was decided on."))


@blueprint.get("/preview")
@policy(Capability.LEAD)
def preview(slug: str, number: int) -> str:
    """Show the next questionnaire as a panelist gets it who has not answered before; nothing can be saved here."""
    study, draft = _draft(slug, number)
    session = current_session()
    everything = cards(session, study, number, NOBODY)
    cut = pages([card.section for card in everything])
    page = min(max(request.args.get("page", 1, type=int), 1), max(len(cut), 1))
    shown = [everything[i] for i in cut[page - 1]] if cut else []
    before = session.get(Round, (study.id, number - 1))
    released = before is not None and before.state is State.RELEASED
    facts: dict[str, Any] = {"page": page, "pages": len(cut), "total": len(everything), "released": released}
    return render_template(
        "revision/preview.html",
        study=study,
        round=draft,
        scale=SCALES[study.scale],
        cards=with_feedback(session, study, number, NOBODY, shown) if released else shown,
        sitting={"cards": everything},
        typed={},
        errors={},
        conflicts=(),
        **facts,
    )
