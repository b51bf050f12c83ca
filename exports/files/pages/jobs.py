"""Files that a worker makes: ordered, watched and taken on pages; each time one is taken it is an event."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.errors import NotFound
from delphi.model.job import ExportJob
from delphi.model.study import Study
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from exports.files import jobs
from exports.files.orders import WrittenFile
from exports.files.pages import attach
from exports.files.permissions import jobs_for

blueprint = Blueprint("jobs", __name__)


@blueprint.get("/studies/<slug>/exports/<uuid:job>")
@policy(Capability.READ)
def show(study: Study, job: UUID) -> str:
    """Say how far a file is; offer it when it is made."""
    order, label = _kept(study, job)
    return render_template(
        "files/job.html",
        study=study,
        job=order,
        label=label,
        suffix=jobs.order_of(order).suffix,
        until=order.asked_at + jobs.KEPT,
        form=ButtonForm(),
    )


@blueprint.post("/studies/<slug>/exports/<uuid:job>")
@policy(Capability.READ)
def take(study: Study, job: UUID) -> Response:
    """Send a file that was made, and write down who took it."""
    order, _ = _kept(study, job)
    if order.made_at is None or order.content is None:
        return redirect(url_for("jobs.show", slug=study.slug, job=job), 303)
    written = WrittenFile(order.rows or 0, order.sha256 or "")
    return attach(study, jobs.order_of(order), written, order.content)


def _kept(study: Study, key: UUID) -> tuple[ExportJob, str]:
    """Find an order whose file is still kept and may be seen, with its name."""
    session = current_session()
    job = jobs.kept_job(session, study, key, at=clock.now())
    seen = jobs_for(access.capabilities(session, account(), study), [job] if job else [])
    if not seen:
        raise NotFound
    return seen[0]
