"""Files of a study from the web: what there is for this reader, and each of them as a download that is logged."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.contents.reading import language_for, languages_of
from delphi.errors import NotFound
from delphi.model.round import rounds_of
from delphi.model.study import Study
from delphi.translations import NAMES, PSEUDO
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session, reads_first
from exports.data.levels import may_hold_rows
from exports.files import jobs, tasks
from exports.files.forms import read_order
from exports.files.jobs import ARCHIVES
from exports.files.pages import send
from exports.files.permissions import allowed, entries_for, jobs_for
from exports.files.tasks import Task
from exports.record.reader_profile import Profile
from exports.reports.styles import NAMES as STYLE_NAMES

blueprint = Blueprint("files", __name__)


@blueprint.get("/studies/<slug>/exports")
@policy(Capability.READ)
def index(study: Study) -> str:
    """List the files of one profile by what they are for, and those that were ordered in the last days."""
    session = current_session()
    may = access.capabilities(session, account(), study)
    has_rows = [
        p for p in ARCHIVES["ratings"].profiles if allowed(may, "ratings", p) and may_hold_rows(session, study, p)
    ]
    profiles = [profile for profile in Profile if profile in has_rows or entries_for(may, profile)]
    wanted = request.args.get("profile", "")
    chosen = next((profile for profile in profiles if profile == wanted), profiles[0])
    entries, style = entries_for(may, chosen), request.args.get("style", "")
    return render_template(
        "files/index.html",
        study=study,
        profiles=profiles,
        chosen=chosen,
        tasks=_tasks(),
        offers=tasks.offers(entries, style=style),
        styles=STYLE_NAMES if "journal" in entries else {},
        style=style,
        **_languages(study, language_for(study, request.args.get("language"))),
        released=max((round_.number for round_ in rounds_of(session, study.id) if round_.released_at), default=0),
        whole_paper=chosen in ARCHIVES["paper"].profiles,
        ratings=ARCHIVES["ratings"] if chosen in has_rows else None,
        archives=Capability.AUDIT in may,
        ordered=jobs_for(may, jobs.kept(session, study, at=clock.now())),
        form=ButtonForm(),
    )


def _languages(study: Study, language: str) -> dict[str, Any]:
    """The languages to choose from where there are several, the one that is chosen, and whether it is a translation."""
    offered = {code: (NAMES | PSEUDO).get(code, code) for code in languages_of(study) if study.languages}
    translated = language if language != study.language else None
    return {"languages": offered, "statements_in": language, "translated": translated}


def _tasks() -> dict[Task, str]:
    return {
        Task.PAPER: _("For the manuscript"),
        Task.CHECK: _("For others to check"),
        Task.PANEL: _("For the panel"),
    }


@blueprint.post("/studies/<slug>/exports")
@policy(Capability.READ)
@reads_first
def make(study: Study) -> Response:
    """Write one file, and write down who took it; or have it written, if that takes long."""
    session = current_session()
    order = read_order(request.form)
    if not allowed(access.capabilities(session, account(), study), order.report, order.profile):
        raise NotFound
    return send(session, study, order)
