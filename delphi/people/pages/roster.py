"""Pages of the panel: the roster, import in two steps, export."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from delphi import access, audit, clock
from delphi.access import Capability
from delphi.errors import NotFound
from delphi.model.event import EventKind
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.people import roster, roster_files
from delphi.protocol import groups
from delphi.web import imports
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy, takes_files
from delphi.web.transaction import current_session

blueprint = Blueprint("roster", __name__)
Page = str | Response


def _study(slug: str) -> Study:
    return access.study_for(current_session(), account(), slug, to=Capability.ROSTER)


def _back(slug: str, message: str) -> Response:
    flash(message)
    return redirect(url_for("roster.index", slug=slug), 303)


@blueprint.get("/studies/<slug>/panel")
@policy(Capability.ROSTER)
def index(slug: str) -> Page:
    """Show the roster: names and who has finished, never an answer and never a code."""
    study, session = _study(slug), current_session()
    opened = select(Round).where(Round.study_id == study.id, Round.opened_at.is_not(None))
    round_ = session.scalars(opened.order_by(Round.number.desc()).limit(1)).first()
    return render_template(
        "people/roster.html",
        study=study,
        form=ButtonForm(),
        people=roster.roster(session, study),
        groups=groups.groups_of(session, study),
        sizes=groups.sizes(session, study),
        round=round_,
        finished=roster.submitted(session, study, round_.number) if round_ else set(),
    )


@blueprint.post("/studies/<slug>/panel")
@policy(Capability.ROSTER)
@takes_files
def preview(slug: str) -> Page:
    """Show what a file or a pasted list would change; nothing is saved."""
    study, session = _study(slug), current_session()
    rows = imports.sent(roster_files.read, roster_files.read_pasted)
    found = roster_files.beside(session, study, rows)
    fresh = roster_files.new_groups(session, study, found)
    return imports.preview(
        study,
        rows,
        found,
        list(dict.fromkeys(name for _line, row in rows for name in row)),
        title=_("Import people"),
        action=url_for("roster.take", slug=slug),
        back=url_for("roster.index", slug=slug),
        note=_("Groups that are new: %(names)s.") % {"names": ", ".join(fresh)} if fresh else "",
    )


@blueprint.post("/studies/<slug>/panel/import")
@policy(Capability.ROSTER)
@takes_files
def take(slug: str) -> Page:
    """Take what the preview showed."""
    study, session = _study(slug), current_session()
    found = roster_files.beside(session, study, roster_files.read(request.form.get("data", "").encode()))
    roster_files.take(session, study, found, by=account().id, at=clock.now())
    if found.empty:
        return _back(slug, _("The file changes nothing."))
    told = {_("were added"): len(found.new), _("were changed"): len(found.changed), _("stay as they are"): found.same}
    return _back(slug, _("People of the panel: %(what)s.") % {"what": imports.said(told)})


@blueprint.post("/studies/<slug>/panel.<suffix>")
@policy(Capability.ROSTER)
def export(slug: str, suffix: str) -> Page:
    """Write the panel as the file that can be imported again; names leave, so it is an event."""
    study, session = _study(slug), current_session()
    if suffix not in imports.KINDS:
        raise NotFound
    head, rows = roster_files.as_rows(session, study)
    facts = {"report": "panel", "format": suffix, "rows": len(rows)}
    audit.record(session, study.id, EventKind.EXPORTED, by=account().id, at=clock.now(), **facts)
    return imports.download(f"{slug}_panel", suffix, head, rows)
