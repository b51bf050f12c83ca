"""Files of a study from the web: what there is for this reader, and each of them as a download that is logged."""

import hashlib
import io
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from delphi import access, clock
from delphi.access import Capability
from delphi.errors import BadInput, NotFound, Refused
from delphi.model.study import Study
from delphi.web.edge import current_session
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from exports import orders
from exports.catalogue import CATALOGUE, Entry
from exports.formats import FORMATS
from exports.orders import Made, Order
from exports.record import Profile

blueprint = Blueprint("files", __name__)
NEEDS = {
    Profile.PUBLIC: Capability.READ,
    Profile.ANALYST: Capability.ANALYSE,
    Profile.MANAGER: Capability.ROSTER,
    Profile.AUTHOR: Capability.READ,
}
MORE = {("audit", Profile.ANALYST): Capability.AUDIT}  # the full trail is the owner's


def allowed(may: frozenset[Capability], key: str, profile: Profile) -> bool:
    """Say whether capabilities are enough for a report in a profile."""
    return NEEDS[profile] in may and MORE.get((key, profile), NEEDS[profile]) in may


def listed(may: frozenset[Capability], profile: Profile) -> dict[str, Entry]:
    """Give what a reader may have in a profile."""
    return {key: entry for key, entry in CATALOGUE.items() if profile in entry.profiles and allowed(may, key, profile)}


@blueprint.get("/studies/<slug>/exports")
@policy(Capability.READ)
def index(slug: str) -> str:
    """List the files of one profile."""
    _, study, may = _asked(slug)
    profiles = [profile for profile in Profile if listed(may, profile)]
    wanted = request.args.get("profile", "")
    chosen = next((profile for profile in profiles if profile == wanted), profiles[0])
    return render_template(
        "export/files.html",
        study=study,
        profiles=profiles,
        chosen=chosen,
        entries=listed(may, chosen),
        form=ButtonForm(),
    )


@blueprint.post("/studies/<slug>/exports")
@policy(Capability.READ)
def make(slug: str) -> Response:
    """Write one file, and write down who took it."""
    session, study, may = _asked(slug)
    given: Any = request.form
    try:
        profile = Profile(given.get("profile", ""))
        order = Order(given.get("report", ""), given.get("format", ""), profile, given.get("by_group") == "y")
        order.check()
    except (ValueError, Refused):
        raise BadInput("There is no such file. Choose one on the page; nothing was written.") from None
    if not allowed(may, order.report, profile):
        raise NotFound
    return sent(session, study, order)


def sent(session: Session, study: Study, order: Order) -> Response:
    """Make a file in memory, log it, and send it."""
    exhibit = orders.exhibit_of(session, study, order)
    stream = io.BytesIO()
    FORMATS[order.format].write(exhibit, stream)
    content, at = stream.getvalue(), clock.now()
    made = Made(orders.rows_in(exhibit), hashlib.sha256(content).hexdigest())
    orders.log(session, study, order, made, by=account().id, at=at)
    name = order.file_name(study, at.date())
    return Response(
        content,
        mimetype=FORMATS[order.format].media_type,
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )


def _asked(slug: str) -> tuple[Session, Study, frozenset[Capability]]:
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.READ)
    return session, study, access.capabilities(session, account(), study)
