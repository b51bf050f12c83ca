"""The audit trail: who decided what and when, page by page; verified, and as a file."""

import json
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy import func, select

from delphi import access, audit, clock
from delphi.access import Capability
from delphi.errors import NotFound
from delphi.model.account import Account
from delphi.model.event import Event, EventKind
from delphi.model.study import Study
from delphi.web import imports
from delphi.web.forms import ButtonForm
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("audit", __name__)
SHOWN = 100
HEAD = ("sequence", "at", "by", "kind", "data", "previous_hash", "hash")


def _study(slug: str) -> Study:
    return access.study_for(current_session(), account(), slug, to=Capability.AUDIT)


@blueprint.get("/studies/<slug>/trail")
@policy(Capability.AUDIT)
def show(slug: str) -> str:
    """Show a page of the trail, newest first, of one kind of event if wanted."""
    study, session = _study(slug), current_session()
    kind, page = request.args.get("kind", ""), max(1, request.args.get("page", 1, type=int))
    mine = select(Event, Account.email).outerjoin(Account, Account.id == Event.actor).where(Event.study_id == study.id)
    if kind in set(EventKind):
        mine = mine.where(Event.kind == EventKind(kind))
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    shown = session.execute(mine.order_by(Event.sequence.desc()).limit(SHOWN).offset(SHOWN * (page - 1))).all()
    return render_template(
        "studies/audit.html",
        study=study,
        events=shown,
        kinds=session.scalars(
            select(Event.kind).where(Event.study_id == study.id).distinct().order_by(Event.kind)
        ).all(),
        kind=kind,
        page=page,
        pages=-(-total // SHOWN),
        total=total,
        verified="verify" in request.args,
        broken=_broken(study) if "verify" in request.args else None,
        form=ButtonForm(),
    )


def _broken(study: Study) -> int | None:
    events = current_session().scalars(select(Event).where(Event.study_id == study.id).order_by(Event.sequence))
    return audit.first_broken(list(events))


@blueprint.post("/studies/<slug>/trail.<suffix>")
@policy(Capability.AUDIT)
def export(slug: str, suffix: str) -> Response:
    """Write the whole trail with its hashes, so that a stranger can verify the chain; the download is its last event."""
    study, session = _study(slug), current_session()
    if suffix not in imports.KINDS:
        raise NotFound
    audit.record(
        session, study.id, EventKind.EXPORTED, by=account().id, at=clock.now(), report="audit trail", format=suffix
    )
    mine = select(Event, Account.email).outerjoin(Account, Account.id == Event.actor).where(Event.study_id == study.id)
    rows = [_row(event, email) for event, email in session.execute(mine.order_by(Event.sequence))]
    return imports.download(f"{slug}_audit_trail", suffix, HEAD, rows)


def _row(event: Event, email: str | None) -> list[Any]:
    data = json.dumps(event.data, sort_keys=True, ensure_ascii=False)
    who = email or ""
    return [event.sequence, event.at.isoformat(), who, event.kind.value, data, event.previous_hash, event.hash]
