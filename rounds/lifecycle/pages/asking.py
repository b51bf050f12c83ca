"""What is asked once more before a round is launched, closed or released: its effect in numbers."""

from collections.abc import Sequence

from flask import Blueprint, request, url_for

from delphi import clock
from delphi.access import Capability
from delphi.model.round import Round, State
from delphi.model.study import Study, Turnout
from delphi.statements.duration import reading_of
from delphi.statements.questionnaire import versions_asked
from delphi.web.answers import Page, Question, Typed, asked
from delphi.web.language import gettext as _
from delphi.web.language import told, when
from delphi.web.policy import policy
from delphi.web.transaction import current_session
from rounds.lifecycle import headcount, lifecycle, monitor, readiness
from rounds.lifecycle.forms import DeadlineForm
from rounds.moderation import rulings

blueprint = Blueprint("asking", __name__, url_prefix="/studies/<slug>/rounds/<int:number>")


def _desk(study: Study, round_: Round) -> str:
    return url_for("round.show", slug=study.slug, number=round_.number)


@blueprint.get("/launch")
@policy(Capability.LEAD)
def launch(study: Study, round_: Round) -> Page:
    """Ask once more before a launch, with what it would do."""
    form = DeadlineForm(request.args, meta={"csrf": False})
    refused = [told(issue) for issue in readiness.issues_before_launch(current_session(), study, round_)]
    if not form.validate():
        refused.append(_("The deadline is not a date and time. Choose one; nothing was launched."))
    elif form.moment(study.time_zone) < clock.now() + lifecycle.SHORTEST:
        refused.append(told(lifecycle.DEADLINE_NEAR))
    typed, remind = request.args.get("closes_at", ""), "remind" in request.args
    return before_launch(study, round_, typed, remind=remind, refused=refused)


def before_launch(study: Study, round_: Round, closes_at: str, *, remind: bool, refused: Sequence[str] = ()) -> Page:
    """The question before a launch, with the deadline as it was typed."""
    session, at = current_session(), {"number": round_.number}
    people = headcount.headcount(session, study, round_)
    question = Question(
        _("Launch round %(number)s?") % at,
        _("Launch round %(number)s") % at,
        url_for("round.launch", slug=study.slug, number=round_.number),
        _desk(study, round_),
        (
            _("The invitations leave at once; a letter cannot be called back."),
            _("The questionnaire is fixed from now on: no statement is added, reworded or removed in this round."),
            _("Reminders go as planned.") if remind or study.turnout is Turnout.KEPT else _("No reminder is planned."),
        ),
        (
            (_("Mails"), people.panel),
            (_("Statements"), len(versions_asked(session, study.id, round_.number))),
            (_("Minutes, about"), reading_of(session, study, round_.number).minutes()),
        ),
        fields=(("remind", "y"),) if remind else (),
        refused=refused,
        typed=Typed(
            "closes_at",
            _("The round closes at (%(zone)s)") % {"zone": study.time_zone},
            closes_at,
            type="datetime-local",
        ),
    )
    return asked(question, study=study)


@blueprint.get("/close")
@policy(Capability.LEAD)
def close(study: Study, round_: Round) -> Page:
    """Ask once more before a round is closed."""
    session, at, name = current_session(), clock.now(), {"number": round_.number}
    is_open = round_.state is State.OPEN
    seen = monitor.monitor(session, study, round_, at=at)
    effects = [_("What is saved counts, whether it was submitted or not. Nothing reopens a closed round.")]
    if round_.accepts(at=at):
        effects.append(
            _(
                "The deadline has not come yet. Panelists read on their page that you closed the round before it, and who "
                "has not submitted learns it by mail."
            )
        )
    if round_.closes_at:
        effects.append(_("Its deadline: %(when)s.") % {"when": when(round_.closes_at, study.time_zone)})
    submitted = seen.classes["submitted"]
    shown = submitted.n if submitted.n is not None else _("not shown")
    question = Question(
        _("Close round %(number)s?") % name,
        _("Close round %(number)s now") % name,
        url_for("round.close", slug=study.slug, number=round_.number),
        _desk(study, round_),
        effects,
        ((_("Invited"), seen.invited), (_("Submitted"), shown)),
        refused=() if is_open else (_("Round %(number)s is not open; nothing was changed.") % name,),
    )
    return asked(question, study=study)


@blueprint.get("/release")
@policy(Capability.LEAD)
def release(study: Study, round_: Round) -> Page:
    """Ask once more before the results of a round are shown to the panel."""
    session, name = current_session(), {"number": round_.number}
    waiting, refused = rulings.waiting(session, round_), []
    if round_.state is not State.CLOSED:
        refused.append(_("Round %(number)s is not closed or was released already; nothing was changed.") % name)
    elif waiting and "comments" in study.feedback_plan:
        words = _("%(n)s comments are undecided. Release or hold each before the panel sees them.")
        refused.append(words % {"n": waiting})
    question = Question(
        _("Release the results of round %(number)s?") % name,
        _("Release the feedback"),
        url_for("round.release", slug=study.slug, number=round_.number),
        _desk(study, round_),
        (
            _("The whole panel reads these results from now on, and their counts are frozen."),
            _("The decisions on comments are fixed: what is shown stays shown, what is held stays held."),
        ),
        (
            (_("Statements"), len(versions_asked(session, study.id, round_.number))),
            (_("People invited"), headcount.responded(session, round_).invited),
            (_("Comments undecided"), waiting),
        ),
        refused=refused,
    )
    return asked(question, study=study)
