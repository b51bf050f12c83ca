"""Files of a study from the web: what there is for this reader, and each of them as a download that is logged."""

import io
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.errors import BadInput, NotFound, Refused
from delphi.model.study import Study
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from exports.archive import nobody
from exports.catalogue import CATALOGUE, Entry
from exports.files import jobs
from exports.files.jobs import ARCHIVES
from exports.files.orders import Made, Order
from exports.files.pages import jobs as job_pages
from exports.files.pages.jobs import allowed
from exports.record.profile import Profile

blueprint = Blueprint("files", __name__)


def listed(may: frozenset[Capability], profile: Profile) -> dict[str, Entry]:
    """Give what a reader may have in a profile."""
    return {key: entry for key, entry in CATALOGUE.items() if profile in entry.profiles and allowed(may, key, profile)}


@blueprint.get("/studies/<slug>/exports")
@policy(Capability.READ)
def index(slug: str) -> str:
    """List the files of one profile, and those that were ordered in the last days."""
    session, study, may = _asked(slug)
    profiles = [profile for profile in Profile if listed(may, profile)]
    wanted = request.args.get("profile", "")
    chosen = next((profile for profile in profiles if profile == wanted), profiles[0])
    return render_template(
        "files/index.html",
        study=study,
        profiles=profiles,
        chosen=chosen,
        entries=listed(may, chosen),
        ratings=ARCHIVES["ratings"] if chosen in ARCHIVES["ratings"].profiles else None,
        ordered=job_pages.listed(jobs.kept(session, study, at=clock.now()), may),
        form=ButtonForm(),
    )


@blueprint.post("/studies/<slug>/exports")
@policy(Capability.READ)
def make(slug: str) -> Response:
    """Write one file, and write down who took it; or have it written, if that takes long."""
    session, study, may = _asked(slug)
    given: Any = request.form
    try:
        profile = Profile(given.get("profile", ""))
        order = Order(given.get("report", ""), given.get("format", ""), profile, given.get("by_group") == "y")
        jobs.check(order)
    except (ValueError, Refused):
        raise BadInput("There is no such file. Choose one on the page; nothing was written.") from None
    if not allowed(may, order.report, profile):
        raise NotFound
    return given_out(session, study, order)


def given_out(session: Session, study: Study, order: Order) -> Response:
    """Send a file that is quickly made; order one that takes long."""
    if jobs.takes_long(session, study, order):
        return job_pages.ordered(session, study, order)
    stream = io.BytesIO()
    rows = jobs.write(session, study, order, stream, nobody)
    content = stream.getvalue()
    return job_pages.attached(session, study, order, Made.of(rows, content), content)


def _asked(slug: str) -> tuple[Session, Study, frozenset[Capability]]:
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.READ)
    return session, study, access.capabilities(session, account(), study)
