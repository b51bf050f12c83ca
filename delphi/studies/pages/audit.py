"""The audit trail: who decided what and when, page by page; verified, and as a file."""

from flask import Blueprint, Response, render_template, request

from delphi import clock
from delphi.access import Capability
from delphi.model.event import EventKind
from delphi.model.study import Study
from delphi.studies import audit_trail
from delphi.web import uploads
from delphi.web.answers import paged
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from delphi.web.transaction import commit, current_session

blueprint = Blueprint("audit", __name__)
SHOWN = 100


@blueprint.get("/studies/<slug>/trail")
@policy(Capability.AUDIT)
def show(study: Study) -> str:
    """Show a page of the trail, newest first, of one kind of event if wanted."""
    session, word = current_session(), request.args.get("kind", "")
    kind = EventKind(word) if word in set(EventKind) else None
    total = audit_trail.count(session, study, kind)
    part = paged(total, SHOWN)
    return render_template(
        "studies/audit.html",
        study=study,
        events=audit_trail.newest(session, study, kind, most=SHOWN, offset=part.offset),
        kinds=audit_trail.kinds(session, study),
        kind=word,
        page=part.page,
        pages=part.pages,
        total=total,
        verified="verify" in request.args,
        broken=audit_trail.first_broken(session, study) if "verify" in request.args else None,
        form=ButtonForm(),
    )


@blueprint.post("/studies/<slug>/trail.<suffix>")
@policy(Capability.AUDIT)
def export(study: Study, suffix: str) -> Response:
    """Write the whole trail with its hashes."""
    uploads.check_suffix(suffix)
    rows = audit_trail.export(current_session(), study, suffix, by=account().id, at=clock.now())
    name = f"{study.slug}_audit_trail"
    commit()
    return uploads.download(name, suffix, audit_trail.COLUMNS, rows)
