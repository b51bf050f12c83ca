"""The study lead's desk of a round: readiness, launch, monitor, close, results, release, next round."""

from math import ceil, floor
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import access, clock, dates
from delphi.access import Capability
from delphi.consensus.disclosure.shown_rows import ShownRow
from delphi.consensus.shipped_scales import SCALES, Scale
from delphi.errors import Refused
from delphi.model.round import Round, State
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.lifecycle import finishing, invitations, lifecycle, monitor, readiness
from rounds.lifecycle.forms import DeadlineForm, ExtendForm
from rounds.lifecycle.invitations import Audience
from rounds.moderation import rulings
from rounds.results import rows as reading
from rounds.results.counts import items_of
from rounds.revision import suggestions
from rounds.revision.desk import drafting
from rounds.revision.forms import CHOICES

blueprint = Blueprint("round", __name__, url_prefix="/studies/<slug>/rounds/<int:number>")
DAYS_OPEN = 14


def _round(slug: str, number: int) -> tuple[Study, Round]:
    return access.round_for(current_session(), account(), slug, number, to=Capability.LEAD)


def _back(slug: str, number: int, message: str) -> Response:
    flash(message)
    return redirect(url_for("round.show", slug=slug, number=number), 303)


@blueprint.app_template_filter()
def segments(row: ShownRow, scale: Scale) -> list[tuple[str, float, float]]:
    """Cut a bar of 140 into the answers of a row, highest first: kind, place and width of each."""
    cut, x = [], 0.0
    for value in reversed(scale.values):
        k = row[f"k_{value}"]
        if k:
            kind = "a" if value in scale.agree else "b" if value in scale.combined else "c"
            wide = 140 * k / row["n_rated"]
            cut.append((kind, round(x, 1), max(round(wide, 1), 1)))
            x += wide + 1
    return cut


@blueprint.app_template_filter()
def middle(value: float, scale: Scale) -> str:
    """Say a median in the words of the scale."""
    low, high = scale.labels[floor(value) - scale.lo], scale.labels[ceil(value) - scale.lo]
    return low if low == high else _("between %(low)s and %(high)s") % {"low": low, "high": high}


@blueprint.app_template_filter()
def spoken(row: ShownRow, scale: Scale) -> str:
    """Say the answers of a row, highest first."""
    return ", ".join(f"{scale.labels[value - scale.lo]} {row[f'k_{value}']}" for value in reversed(scale.values))


@blueprint.get("")
@policy(Capability.LEAD)
def show(slug: str, number: int) -> str | Response:
    """Show the desk of a round as its state demands."""
    study, round_ = _round(slug, number)
    if number == 0 and round_.closed_at:
        return redirect(url_for("round.show", slug=slug, number=1, _anchor="suggestions"), 303)
    session = current_session()
    facts: dict[str, Any] = {"study": study, "round": round_, "scale": SCALES[study.scale], "form": ButtonForm()}
    if round_.state is State.DRAFT:
        return render_template("lifecycle/draft.html", **facts, **_draft(session, study, round_))
    if round_.state is State.OPEN:
        seen = monitor.monitor(session, study, round_, at=clock.now())
        return render_template("lifecycle/open.html", **facts, seen=seen, accepting=round_.accepts(at=clock.now()))
    rows = reading.panel_rows(session, study, round_)
    return render_template(
        "lifecycle/closed.html",
        **facts,
        rows=rows,
        rule=definition_of(study).describe(),
        waiting=rulings.waiting(session, round_),
        graded=definition_of(study).rule.has_grades,
        numbers={item.statement: number for number, item in items_of(session, study, round_.number).items()},
        next_round=session.get(Round, (study.id, number + 1)),
        advice=finishing.advise(session, study, round_, rows),
    )


def _draft(session: Session, study: Study, round_: Round) -> dict[str, Any]:
    """Collect the next-round desk; of the rows those that still wait, if only they are asked for."""
    desk = drafting(session, study, round_)
    before = session.get(Round, (study.id, round_.number - 1))
    waiting = request.args.get("show") == "waiting"
    told = finishing.advise(session, study, before, [*desk.results.values()]) if before and desk.results else None
    return {
        "desk": desk,
        "rows": [row for row in desk.rows if row.waits or not waiting],
        "waiting": waiting,
        "before": before,
        "suggestions": suggestions.suggested(session, round_),
        "advice": told,
        "choices": CHOICES,
        "rule": definition_of(study).describe(),
        "issues": readiness.issues_before_launch(session, study, round_),
        "panel_size": len(invitations.invited_next(session, study.id)),
        "deadline": dates.end_of_day(clock.now(), study.time_zone, days=DAYS_OPEN),
    }


@blueprint.post("/launch")
@policy(Capability.LEAD)
def launch(slug: str, number: int) -> Response:
    """Launch the round."""
    study, round_ = _round(slug, number)
    form = DeadlineForm()
    if not form.validate():
        raise Refused(_("The deadline is not a date and time. Choose one; nothing was launched."))
    closes_at = form.moment(study.time_zone)
    lifecycle.launch(
        current_session(),
        study,
        round_,
        closes_at=closes_at,
        by=account().id,
        at=clock.now(),
        remind="remind" in request.form,
    )
    return _back(slug, number, _("Round %(number)s is open and the invitations are on their way.") % {"number": number})


@blueprint.post("/extend")
@policy(Capability.LEAD)
def extend(slug: str, number: int) -> Response:
    """Move the deadline, and tell whom it concerns."""
    study, round_ = _round(slug, number)
    form = ExtendForm()
    if not form.validate():
        raise Refused(_("A later deadline needs a date, a time and a reason; nothing was changed."))
    lifecycle.extend(
        current_session(),
        round_,
        closes_at=form.moment(study.time_zone),
        reason=form.reason.data or "",
        by=account().id,
        at=clock.now(),
        tell=_audience(request.form.get("tell", "")),
    )
    return _back(slug, number, _("The deadline was moved."))


@blueprint.post("/remind")
@policy(Capability.LEAD)
def remind(slug: str, number: int) -> Response:
    """Remind those who have not started, those who are unfinished, or both."""
    _study, round_ = _round(slug, number)
    to = _audience(request.form.get("to", "")) or Audience.NOT_SUBMITTED
    sent = lifecycle.remind(current_session(), round_, to, by=account().id, at=clock.now())
    if sent:
        return _back(slug, number, _("The reminders are on their way. Whoever finishes before one is sent gets none."))
    return _back(
        slug, number, _("No reminder left: everybody it would reach had one within 24 hours, or three already.")
    )


@blueprint.post("/remind/stop")
@policy(Capability.LEAD)
def stop_reminders(slug: str, number: int) -> Response:
    """Drop the planned reminders."""
    _study, round_ = _round(slug, number)
    lifecycle.stop_reminders(current_session(), round_, by=account().id, at=clock.now())
    return _back(slug, number, _("The planned reminders were stopped."))


def _audience(word: str) -> Audience | None:
    return Audience(word) if word in set(Audience) else None


@blueprint.post("/close")
@policy(Capability.LEAD)
def close(slug: str, number: int) -> Response:
    """Close the round."""
    _study, round_ = _round(slug, number)
    lifecycle.close(current_session(), round_, by=account().id, at=clock.now())
    return _back(slug, number, _("Round %(number)s is closed. Its answers are fixed.") % {"number": number})


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
