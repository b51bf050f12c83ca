"""Pages of the end of a study: archive, delete with a waiting time, undo."""

from flask import Blueprint, render_template, request, url_for

from delphi import clock
from delphi.access import Capability
from delphi.errors import NotFound, Refused
from delphi.model.round import rounds_of
from delphi.model.study import Study
from delphi.protocol import groups
from delphi.statements import statements
from delphi.studies import retention
from delphi.web.answers import Page, Question, Typed, asked, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.language import told
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("retention", __name__)


@blueprint.get("/studies/<slug>/ending")
@policy(Capability.OWN)
def show(study: Study) -> str:
    """Say what archiving and deleting do."""
    return render_template("studies/retention.html", study=study, form=ButtonForm(), days=retention.WAITING.days)


@blueprint.get("/studies/<slug>/ending/delete")
@policy(Capability.OWN)
def ask_deletion(study: Study) -> Page:
    """Ask once more before the study is deleted: its title is typed."""
    return _ask(study)


def _ask(study: Study, refused: str = "") -> Page:
    session = current_session()
    question = Question(
        _("Delete “%(title)s”?") % {"title": study.title},
        _("Delete in %(days)s days") % {"days": retention.WAITING.days},
        url_for("retention.decide", slug=study.slug, act="delete"),
        url_for("retention.show", slug=study.slug),
        (
            _("Names, addresses, answers, results and the audit trail go, for good."),
            _("Until that day you can undo it; nothing in the study can be changed then."),
            _("Take first what you must keep: the study bundle holds all results, and the proof of them."),
        ),
        (
            (_("People"), sum(groups.sizes(session, study).values())),
            (_("Statements"), len(statements.newest(session, study))),
            (_("Rounds held"), sum(round_.opened_at is not None for round_ in rounds_of(session, study.id))),
        ),
        refused=(refused,) if refused else (),
        typed=Typed("title", _("Type the title of the study to confirm"), request.form.get("title", ""), study.title),
    )
    return asked(question, study=study)


@blueprint.post("/studies/<slug>/ending/<act>")
@policy(Capability.OWN)
def decide(study: Study, act: str) -> Page:
    """Archive, restore, ask for the deletion, or undo it."""
    session, by, at = current_session(), account().id, clock.now()
    match act:
        case "archive":
            retention.archive(session, study, by=by, at=at)
            message = _("The study is archived.")
        case "restore":
            retention.restore(session, study, by=by, at=at)
            message = _("The study can be changed again.")
        case "delete":
            try:
                retention.ask_deletion(session, study, title=request.form.get("title", ""), by=by, at=at)
            except Refused as error:
                return _ask(study, told(error))
            message = _("The study will be deleted. Until then you can undo it here.")
        case "undo":
            retention.undo_deletion(session, study, by=by, at=at)
            message = _("The study stays.")
        case _other:
            raise NotFound
    return done(message, "retention.show", slug=study.slug)
