"""The study lead's desk of a round: readiness, launch, monitor, close, results, release, next round."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import access, clock, dates
from delphi.access import Capability
from delphi.consensus.rule import proposal
from delphi.consensus.scale import SCALES
from delphi.consensus.vocabulary import Verdict
from delphi.errors import Refused
from delphi.model.panel import Panelist
from delphi.model.rating import AnswerKind, Moderation, Rating
from delphi.model.round import Participation, Round, State
from delphi.model.statement import Kind, Lineage, Statement
from delphi.model.study import Study
from delphi.protocol import definition_of
from delphi.statements import NewStatement
from delphi.web.edge import current_session
from delphi.web.policy import account, policy
from delphi.web.texts import gettext as _
from rounds import invitations, lifecycle, moderation, revision
from rounds.forms import AddForm, ButtonForm, DeadlineForm, ExtendForm, ReasonForm, RewordForm
from rounds.ratings import items_of

blueprint = Blueprint("desk", __name__, url_prefix="/studies/<slug>/rounds/<int:number>")
DAYS_OPEN = 14


def _round(slug: str, number: int, to: Capability = Capability.LEAD) -> tuple[Study, Round]:
    return access.round_for(current_session(), account(), slug, number, to=to)


def _back(slug: str, number: int, message: str) -> Response:
    flash(message)
    return redirect(url_for("desk.show", slug=slug, number=number), 303)


@blueprint.get("")
@policy(Capability.LEAD)
def show(slug: str, number: int) -> str:
    """Show the desk of a round as its state demands."""
    study, round_ = _round(slug, number)
    session = current_session()
    facts: dict[str, Any] = {"study": study, "round": round_, "scale": SCALES[study.scale], "form": ButtonForm()}
    if round_.state is State.DRAFT:
        return render_template("desk/draft.html", **facts, **_draft(session, study, round_))
    if round_.state is State.OPEN:
        return render_template("desk/open.html", **facts, **_monitor(session, study, round_))
    rows = lifecycle.results(session, study, round_)
    return render_template(
        "desk/results.html",
        **facts,
        rows=rows,
        proposals={row["statement"]: proposal(Verdict(row["verdict"]), stable=row["stable"]) for row in rows},
        rule=definition_of(study).describe(),
        comments=moderation.queue(session, round_),
        codes=_codes(session, study),
        next_round=session.get(Round, (study.id, number + 1)),
        **_monitor(session, study, round_),
    )


def _draft(session: Session, study: Study, round_: Round) -> dict[str, Any]:
    before = session.get(Round, (study.id, round_.number - 1))
    has_results = before is not None and before.state in (State.CLOSED, State.RELEASED)
    rows = lifecycle.results(session, study, before) if before is not None and has_results else []
    return {
        "items": items_of(session, study, round_.number),
        "issues": lifecycle.issues_before_launch(session, study, round_),
        "before": {row["statement"]: row for row in rows},
        "edges": session.scalars(select(Lineage).filter_by(study_id=study.id, round=round_.number)).all(),
        "codes": _codes(session, study),
        "panel_size": len(invitations.invited_next(session, study.id)),
        "deadline": dates.end_of_day(clock.now(), study.time_zone, days=DAYS_OPEN),
        "reword": RewordForm(),
        "add": AddForm(),
        "drop": ReasonForm(),
    }


def _codes(session: Session, study: Study) -> dict[int, str]:
    pairs = session.execute(select(Statement.number, Statement.code).where(Statement.study_id == study.id))
    return {row.number: row.code for row in pairs}


def _monitor(session: Session, study: Study, round_: Round) -> dict[str, Any]:
    """Count who takes part; a count of people appears from the smallest cell upwards only."""
    key = {"study_id": study.id, "round": round_.number}
    started = (
        select(func.count(func.distinct(Rating.panelist))).filter_by(**key).where(Rating.kind != AnswerKind.CLEARED)
    )
    invited = select(func.count()).select_from(Participation).filter_by(**key)
    counts = {
        "invited": session.scalar(invited) or 0,
        "started": session.scalar(started) or 0,
        "submitted": session.scalar(invited.where(Participation.submitted_on.is_not(None))) or 0,
        "declined": session.scalar(
            select(func.count()).where(Panelist.study_id == study.id, Panelist.declined_on.is_not(None))
        )
        or 0,
    }
    shown = {name: n if name == "invited" or n >= study.smallest_cell else None for name, n in counts.items()}
    return {"counts": shown, "accepting": round_.accepts(at=clock.now())}


@blueprint.post("/launch")
@policy(Capability.LEAD)
def launch(slug: str, number: int) -> Response:
    """Launch the round."""
    study, round_ = _round(slug, number)
    form = DeadlineForm()
    if not form.validate():
        raise Refused(_("The deadline is not a date and time. Choose one; nothing was launched."))
    closes_at = form.moment(study.time_zone)
    lifecycle.launch(current_session(), study, round_, closes_at=closes_at, by=account().id, at=clock.now())
    return _back(slug, number, _("Round %(number)s is open and the invitations are on their way.") % {"number": number})


@blueprint.post("/extend")
@policy(Capability.LEAD)
def extend(slug: str, number: int) -> Response:
    """Move the deadline."""
    study, round_ = _round(slug, number)
    form = ExtendForm()
    if not form.validate():
        raise Refused(_("A later deadline needs a date, a time and a reason; nothing was changed."))
    closes_at = form.moment(study.time_zone)
    reason = form.reason.data or ""
    lifecycle.extend(current_session(), round_, closes_at=closes_at, reason=reason, by=account().id, at=clock.now())
    return _back(slug, number, _("The deadline was moved."))


@blueprint.post("/remind")
@policy(Capability.LEAD)
def remind(slug: str, number: int) -> Response:
    """Remind those who have not submitted."""
    _study, round_ = _round(slug, number)
    if round_.state is not State.OPEN:
        raise Refused(_("Reminders are sent while a round is open; nothing was sent."))
    invitations.remind(current_session(), round_, at=clock.now())
    return _back(slug, number, _("The reminders are on their way to those who have not submitted."))


@blueprint.post("/close")
@policy(Capability.LEAD)
def close(slug: str, number: int) -> Response:
    """Close the round."""
    _study, round_ = _round(slug, number)
    lifecycle.close(current_session(), round_, by=account().id, at=clock.now())
    return _back(slug, number, _("Round %(number)s is closed. Its answers are fixed.") % {"number": number})


@blueprint.post("/comments")
@policy(Capability.MODERATE)
def moderate(slug: str, number: int) -> Response:
    """Release or hold comments."""
    _study, round_ = _round(slug, number, Capability.MODERATE)
    if request.form.get("all") == "release":
        chosen = {comment.ticket: Moderation.RELEASED for comment in moderation.queue(current_session(), round_)}
    else:
        chosen = {
            comment.ticket: Moderation(request.form[f"comment-{comment.ticket}"])
            for comment in moderation.queue(current_session(), round_)
            if request.form.get(f"comment-{comment.ticket}") in set(Moderation)
        }
    decided = moderation.decide(current_session(), round_, chosen, by=account().id, at=clock.now())
    return _back(slug, number, _("%(n)s comments were decided.") % {"n": decided})


@blueprint.post("/release")
@policy(Capability.LEAD)
def release(slug: str, number: int) -> Response:
    """Release the feedback."""
    study, round_ = _round(slug, number)
    lifecycle.release(current_session(), study, round_, by=account().id, at=clock.now())
    return _back(slug, number, _("The results of round %(number)s are released and frozen.") % {"number": number})


@blueprint.post("/next")
@policy(Capability.LEAD)
def prepare_next(slug: str, number: int) -> Response:
    """Draft the next round."""
    study, round_ = _round(slug, number)
    draft = lifecycle.prepare_next(current_session(), study, round_, by=account().id, at=clock.now())
    return _back(slug, draft.number, _("Round %(number)s is drafted.") % {"number": draft.number})


@blueprint.post("/statements/<int:statement>/reword")
@policy(Capability.LEAD)
def reword(slug: str, number: int, statement: int) -> Response:
    """Give a statement a new wording."""
    _study, draft = _round(slug, number)
    form = RewordForm()
    if not form.validate():
        raise Refused(_("A rewording needs the new wording and a reason; nothing was changed."))
    revision.reword(
        current_session(),
        draft,
        statement,
        text=(form.text.data or "").strip(),
        reason=form.reason.data or "",
        same_meaning=form.same_meaning.data,
        by=account().id,
        at=clock.now(),
    )
    return _back(slug, number, _("The new wording is in the draft."))


@blueprint.post("/statements/<int:statement>/drop")
@policy(Capability.LEAD)
def drop(slug: str, number: int, statement: int) -> Response:
    """Ask a statement no longer."""
    _study, draft = _round(slug, number)
    form = ReasonForm()
    if not form.validate():
        raise Refused(_("Dropping a statement needs a reason; nothing was changed."))
    revision.drop(current_session(), draft, statement, reason=form.reason.data or "", by=account().id, at=clock.now())
    return _back(slug, number, _("The statement is not asked in this round."))


@blueprint.post("/statements")
@policy(Capability.LEAD)
def add(slug: str, number: int) -> Response:
    """Add a statement, or merge the chosen ones into it."""
    _study, draft = _round(slug, number)
    form = AddForm()
    if not form.validate():
        raise Refused(_("A new statement needs a code, its wording and a reason; nothing was changed."))
    new = NewStatement(
        code=(form.code.data or "").strip(),
        text=(form.text.data or "").strip(),
        kind=Kind(form.kind.data),
        section=(form.section.data or "").strip(),
        enters_round=number,
    )
    parents = [int(value) for value in request.form.getlist("merge") if value.isdigit()]
    decided: dict[str, Any] = {"reason": form.reason.data or "", "by": account().id, "at": clock.now()}
    if parents:
        revision.merge(current_session(), draft, parents, new, **decided)
        return _back(slug, number, _("The statements were merged in the draft."))
    revision.add(current_session(), draft, new, **decided)
    return _back(slug, number, _("The statement was added to the draft."))
