"""The study lead's desk of a round: readiness, launch, monitor, close, results, release, next round."""

from math import ceil, floor
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import access, clock, dates
from delphi.access import Capability
from delphi.consensus.scale import Scale
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import result_rows
from delphi.errors import NotReady, Refused
from delphi.model.round import Round, State, find_round
from delphi.model.study import Study, Turnout
from delphi.protocol.method import definition_of
from delphi.statements.duration import reading_of
from delphi.statements.questionnaire import asked
from delphi.studies import contents
from delphi.web.answers import Page
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.language import listed, told
from delphi.web.policy import account, policy
from delphi.web.transaction import after_commit, current_session
from rounds.lifecycle import closing, finishing, headcount, lifecycle, monitor, newcomers, readiness
from rounds.lifecycle.forms import DeadlineForm, ExtendForm, audience_of
from rounds.lifecycle.pages.asking import before_launch
from rounds.lifecycle.reminder_plan import Audience
from rounds.moderation import rulings
from rounds.results.rows import Row, is_sealed, panel_rows
from rounds.revision import suggestions
from rounds.revision.desk import drafting
from rounds.revision.forms import CHOICES
from rounds.seal import sealing

blueprint = Blueprint("round", __name__, url_prefix="/studies/<slug>/rounds/<int:number>")
DAYS_OPEN = 14


def _back(study: Study, number: int, message: str) -> Response:
    flash(message)
    return redirect(url_for("round.show", slug=study.slug, number=number), 303)


@blueprint.app_template_filter()
def segments(row: Row, scale: Scale) -> list[tuple[str, float, float]]:
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
def spoken(row: Row, scale: Scale) -> str:
    """Say the answers of a row, highest first."""
    return listed([f"{scale.labels[value - scale.lo]} {row[f'k_{value}']}" for value in reversed(scale.values)])


@blueprint.get("")
@policy(Capability.DESK)
def show(study: Study, round_: Round) -> Page:
    """Show the desk of a round as its state demands, with what its reader may do."""
    if round_.number == 0 and round_.closed_at:
        return redirect(url_for("round.show", slug=study.slug, number=1, _anchor="suggestions"), 303)
    may = access.capabilities(current_session(), account(), study)
    facts: dict[str, Any] = {
        "study": study,
        "round": round_,
        "may": may,
        "scale": SCALES[study.scale],
        "form": ButtonForm(),
    }
    if round_.state is State.DRAFT and Capability.LEAD not in may:
        desk = drafting(current_session(), study, round_)
        return render_template("lifecycle/draft_read.html", **facts, desk=desk)
    if round_.state is State.DRAFT:
        return render_template("lifecycle/draft.html", **facts, **_draft(study, round_))
    if round_.state is State.OPEN:
        return _open(study, round_)
    return render_template("lifecycle/closed.html", **facts, **_closed(study, round_))


def _open(study: Study, round_: Round, refused: str = "") -> str:
    """The page of an open round; a later deadline that was refused stands there as it was typed."""
    at = clock.now()
    return render_template(
        "lifecycle/open.html",
        study=study,
        round=round_,
        may=access.capabilities(current_session(), account(), study),
        form=ButtonForm(),
        seen=monitor.monitor(current_session(), study, round_, at=at),
        accepting=round_.accepts(at=at),
        by_itself=closing.closes_itself_at(study, round_),
        refused=refused,
        typed=request.form,
    )


def _closed(study: Study, round_: Round) -> dict[str, Any]:
    """Collect the results of a round that is over, and what they say of the next one."""
    session, definition = current_session(), definition_of(study)
    rows = panel_rows(session, study, round_)
    return {
        "rows": result_rows(rows),
        "counted": is_sealed(session, round_),
        "rule": definition.describe(),
        "waiting": rulings.waiting(session, round_),
        "graded": definition.rule.has_grades,
        "numbers": {row.code: number for number, row in asked(session, study.id, round_.number).items()},
        "next_round": find_round(session, study.id, round_.number + 1),
        "advice": finishing.advise(session, study, round_, rows),
    }


def _draft(study: Study, round_: Round) -> dict[str, Any]:
    """Collect the next-round desk; of the rows those that still wait, if only they are asked for."""
    session = current_session()
    desk = drafting(session, study, round_)
    before = find_round(session, study.id, round_.number - 1)
    people = headcount.headcount(session, study, round_)
    waiting = request.args.get("show") == "waiting"
    results = [*desk.results.values()]
    advice = finishing.advise(session, study, before, results, people.before) if before and results else None
    return {
        "desk": desk,
        "rows": [row for row in desk.rows if row.waits or not waiting],
        "waiting": waiting,
        "before": before,
        "suggestions": suggestions.suggested(session, round_),
        "advice": advice,
        "choices": CHOICES,
        "rule": definition_of(study).describe(),
        "issues": list(readiness.issues_before_launch(session, study, round_)),
        "warnings": list(contents.stale(session, study, round_.number)),
        "minutes": reading_of(session, study, round_.number).minutes(),
        "panel_size": people.panel,
        "newcomers": newcomers.newcomers(session, study, round_),
        "asked_twice": current_app.extensions["asked_twice"](session, study),
        "deadline": dates.end_of_day(clock.now(), study.time_zone, days=DAYS_OPEN),
    }


@blueprint.post("/launch")
@policy(Capability.LEAD)
def launch(study: Study, round_: Round) -> Page:
    """Launch the round; what was refused is asked again with the deadline as it was typed, and one far away is asked about."""
    form, remind, by, at = DeadlineForm(), "remind" in request.form, account().id, clock.now()
    typed = request.form.get("closes_at", "")
    if not form.validate():
        words = _("The deadline is not a date and time. Choose one; nothing was launched.")
        return before_launch(study, round_, typed, remind=remind, refused=[words])
    if form.is_far(study.time_zone, at=at):
        return _ask_far(study, round_, form)
    closes_at = form.moment(study.time_zone)
    try:
        lifecycle.launch(current_session(), study, round_, closes_at=closes_at, by=by, at=at, remind=remind)
    except NotReady as missing:
        return before_launch(study, round_, typed, remind=remind, refused=[told(issue) for issue in missing.issues])
    message = _("Round %(number)s is open and the invitations are on their way.")
    return _back(study, round_.number, message % {"number": round_.number})


def _ask_far(study: Study, round_: Round, form: DeadlineForm) -> tuple[str, int]:
    """Ask whether the year of a deadline is right; what was typed goes along."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    closes_at = form.moment(study.time_zone)
    days = (closes_at - clock.now()).days
    facts = {"round": round_, "form": form, "typed": typed, "closes_at": closes_at, "days": days}
    return render_template("lifecycle/far_deadline.html", study=study, **facts), 422


@blueprint.post("/extend")
@policy(Capability.RUN)
def extend(study: Study, round_: Round) -> Page:
    """Move the deadline, and tell whom it concerns; one far away is asked about, and what was refused comes back as typed."""
    form = ExtendForm()
    if not form.validate():
        return _open(study, round_, _("A later deadline needs a date, a time and a reason; nothing was changed.")), 409
    if form.is_far(study.time_zone, at=clock.now()):
        return _ask_far(study, round_, form)
    closes_at, reason, tell = form.moment(study.time_zone), form.reason.data or "", audience_of(request.form, "tell")
    by, at = account().id, clock.now()
    try:
        lifecycle.extend(current_session(), round_, closes_at=closes_at, reason=reason, by=by, at=at, tell=tell)
    except Refused as error:
        if round_.state is not State.OPEN:
            raise
        return _open(study, round_, told(error)), 409
    return _back(study, round_.number, _("The deadline was moved."))


@blueprint.post("/remind")
@policy(Capability.RUN)
def remind(study: Study, round_: Round) -> Response:
    """Remind those who have not started, those who are unfinished, or both."""
    to = audience_of(request.form, "to") or Audience.NOT_SUBMITTED
    n = lifecycle.remind(current_session(), round_, to, by=account().id, at=clock.now())
    if study.turnout is Turnout.KEPT:
        message = _("Whoever has not finished and had no reminder within 24 hours gets one.")
    elif n:
        message = _("The reminders are on their way. Whoever finishes before one is sent gets none.")
    else:
        message = _("No reminder left: everybody it would reach had one within 24 hours, or three already.")
    return _back(study, round_.number, message)


@blueprint.post("/remind/stop")
@policy(Capability.RUN)
def stop_reminders(study: Study, round_: Round) -> Response:
    """Drop the planned reminders."""
    lifecycle.stop_reminders(current_session(), round_, by=account().id, at=clock.now())
    return _back(study, round_.number, _("The planned reminders were stopped."))


@blueprint.post("/close")
@policy(Capability.LEAD)
def close(study: Study, round_: Round) -> Response:
    """Close the round; its answers are counted in transactions of their own, at once or by the worker."""
    at, key = clock.now(), (study.id, round_.number)
    lifecycle.end_answers(current_session(), study, round_, by=account().id, at=at)
    if sealing.fits_at_once(current_session(), *key):
        after_commit(lambda database: sealing.complete_apart(database, *key, at=at))
    message = _("Round %(number)s is closed. Its answers are fixed.")
    return _back(study, round_.number, message % {"number": round_.number})


@blueprint.post("/release")
@policy(Capability.LEAD)
def release(study: Study, round_: Round) -> Response:
    """Release the feedback."""
    lifecycle.release(current_session(), study, round_, by=account().id, at=clock.now())
    message = _("The results of round %(number)s are released and frozen.")
    return _back(study, round_.number, message % {"number": round_.number})


@blueprint.post("/next")
@policy(Capability.LEAD)
def prepare_next(study: Study, round_: Round) -> Response:
    """Draft the next round."""
    draft = lifecycle.prepare_next(current_session(), study, round_, by=account().id, at=clock.now())
    return _back(study, draft.number, _("Round %(number)s is drafted.") % {"number": draft.number})
