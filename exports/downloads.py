"""The study bundle from the web: the owner's alone, and every download is an event with the hash of what was sent."""

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi import access, audit, clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.rating import Rating
from delphi.model.study import Study
from delphi.web.edge import current_session
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from exports.archives import PROFILES, draw_of
from exports.bundle.content import write_bundle
from exports.bundle.source import released_rounds, source_of

blueprint = Blueprint("bundle", __name__)
MOST_RATINGS = 50_000  # about a second of work; who saves an answer on SQLite waits for as long


@blueprint.get("/studies/<slug>/bundle")
@policy(Capability.AUDIT)
def show(slug: str) -> str:
    """Say what a bundle is, and offer it."""
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.AUDIT)
    return render_template(
        "export/bundle.html",
        study=study,
        rounds=released_rounds(session, study),
        too_large=_too_large(session, study),
        form=ButtonForm(),
    )


@blueprint.post("/studies/<slug>/bundle")
@policy(Capability.AUDIT)
def download(slug: str) -> Response:
    """Write the bundle and send it."""
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.AUDIT)
    profile = request.form.get("profile", PROFILES[0])
    if profile not in PROFILES:
        raise Refused("There is no such bundle; nothing was written.")
    if _too_large(session, study):
        raise Refused(
            "This study is too large to be bundled while a page waits. Use: delphi bundle %(slug)s", slug=study.slug
        )
    now = clock.now()
    data = _written(session, study, profile)
    digest = hashlib.sha256(data).hexdigest()
    audit.record(
        session, study.id, EventKind.EXPORTED, by=account().id, at=now, report="bundle", profile=profile, sha256=digest
    )
    headers = {"Content-Disposition": f"attachment; filename={_name(study, profile, now)}"}
    return Response(data, mimetype="application/zip", headers=headers)


def _written(session: Session, study: Study, profile: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        write_bundle(source_of(session, study, draw_of(None)), path, profile)
        return path.read_bytes()


def _too_large(session: Session, study: Study) -> bool:
    ratings = session.scalar(select(func.count()).select_from(Rating).where(Rating.study_id == study.id)) or 0
    return ratings > MOST_RATINGS


def _name(study: Study, profile: str, at: datetime) -> str:
    """Name the file as REPORTING 6 says."""
    return f"{'TEST_' if study.simulated else ''}{study.slug}_bundle_all_{profile}_{at:%Y-%m-%d}.zip"
