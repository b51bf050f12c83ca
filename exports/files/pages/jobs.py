"""Files that a worker makes: ordered, watched and taken on pages; each time one is taken it is an event."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.errors import NotFound
from delphi.model.job import ExportJob
from delphi.model.study import Study
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from exports.files import jobs, orders
from exports.files.orders import Made, Order
from exports.formats import FORMATS
from exports.record.profile import Profile

blueprint = Blueprint("jobs", __name__)
NEEDS = {
    Profile.PUBLIC: Capability.READ,
    Profile.ANALYST: Capability.ANALYSE,
    Profile.MANAGER: Capability.ROSTER,
    Profile.AUTHOR: Capability.READ,
}
MORE = {  # the full trail is the owner's, and so is a bundle
    ("audit", Profile.ANALYST): Capability.AUDIT,
    ("bundle", Profile.ANALYST): Capability.AUDIT,
    ("bundle", Profile.PUBLIC): Capability.AUDIT,
}


def allowed(may: frozenset[Capability], key: str, profile: Profile) -> bool:
    """Say whether capabilities are enough for a file in a profile."""
    return NEEDS[profile] in may and MORE.get((key, profile), NEEDS[profile]) in may


def ordered(session: Session, study: Study, order: Order) -> Response:
    """Order a file, and lead to the page on which it can be waited for."""
    job = jobs.ask(session, study, order, by=account().id, at=clock.now())
    return redirect(url_for("jobs.show", slug=study.slug, job=job.id), 303)


def listed(made: Iterable[ExportJob], may: frozenset[Capability]) -> list[tuple[ExportJob, str]]:
    """Give the orders that a reader may see, with the names of their files."""
    return [(job, jobs.label(job.report)) for job in made if allowed(may, job.report, Profile(job.profile))]


@blueprint.get("/studies/<slug>/exports/<uuid:job>")
@policy(Capability.READ)
def show(slug: str, job: UUID) -> str:
    """Say how far a file is; offer it when it is made."""
    study, found = _found(slug, job)
    return render_template(
        "files/job.html",
        study=study,
        job=found,
        label=jobs.label(found.report),
        suffix=jobs.order_of(found).suffix,
        until=found.asked_at + jobs.KEPT,
        form=ButtonForm(),
    )


@blueprint.post("/studies/<slug>/exports/<uuid:job>")
@policy(Capability.READ)
def take(slug: str, job: UUID) -> Response:
    """Send a file that was made, and write down who took it."""
    study, found = _found(slug, job)
    if found.made_at is None or found.content is None:
        return redirect(url_for("jobs.show", slug=slug, job=job), 303)
    order, made = jobs.order_of(found), Made(found.rows or 0, found.sha256 or "")
    return attached(current_session(), study, order, made, found.content)


def attached(session: Session, study: Study, order: Order, made: Made, content: bytes) -> Response:
    """Log a file, and send it."""
    at = clock.now()
    orders.log(session, study, order, made, by=account().id, at=at)
    media: Any = FORMATS[order.format].media_type if order.format in FORMATS else "application/octet-stream"
    name = order.file_name(study, at.date())
    return Response(content, mimetype=media, headers={"Content-Disposition": f"attachment; filename={name}"})


def _found(slug: str, job: UUID) -> tuple[Study, ExportJob]:
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.READ)
    found = session.get(ExportJob, (study.id, job))
    if found is None or found.asked_at <= clock.now() - jobs.KEPT:
        raise NotFound
    if not allowed(access.capabilities(session, account(), study), found.report, Profile(found.profile)):
        raise NotFound
    return study, found
