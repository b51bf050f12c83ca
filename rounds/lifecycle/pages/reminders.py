"""The plan of a round's reminders: read, changed, and what it means in days and hours."""

from collections.abc import Sequence

from flask import Blueprint, render_template, request

from delphi import clock
from delphi.access import Capability
from delphi.model.round import Round, State
from delphi.model.study import Study
from delphi.protocol import groups
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from rounds.lifecycle import lifecycle, reminder_plan
from rounds.lifecycle.forms import read_plan
from rounds.lifecycle.reminder_plan import MOST, PlannedReminder

SPARE = 2  # empty rows below a plan
blueprint = Blueprint("reminders", __name__, url_prefix="/studies/<slug>/rounds/<int:number>/reminders")


def _groups(study: Study) -> list[str]:
    return [group.key for group in groups.groups_of(current_session(), study)]


@blueprint.get("")
@policy(Capability.RUN)
def show(study: Study, round_: Round) -> Page:
    """Show the plan, and the moments that are left of it."""
    return _page(study, round_, reminder_plan.plan_of(round_))


def _page(study: Study, round_: Round, plan: Sequence[PlannedReminder], *, wrong: bool = False) -> str:
    running, at = round_.state is State.OPEN and round_.reminders, clock.now()
    return render_template(
        "lifecycle/reminder_plan.html",
        study=study,
        round=round_,
        rows=[*plan, *[None] * (MOST if wrong else SPARE)][:MOST],
        typed=request.form if wrong else None,
        wrong=wrong,
        groups=_groups(study),
        moments=list(reminder_plan.moments(round_, study.time_zone, at=at)) if running else [],
        form=ButtonForm(),
    )


@blueprint.post("")
@policy(Capability.RUN)
def keep(study: Study, round_: Round) -> Page | tuple[str, int]:
    """Take a plan; one with a wrong number comes back as it was typed."""
    plan = read_plan(request.form, _groups(study))
    if plan is None:
        return _page(study, round_, reminder_plan.plan_of(round_), wrong=True), 422
    by, at = account().id, clock.now()
    lifecycle.plan_reminders(current_session(), study, round_, plan, by=by, at=at)
    return done(_("The plan of the reminders is saved."), "reminders.show", slug=study.slug, number=round_.number)
