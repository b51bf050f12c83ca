"""The page of a paper's tables: house style and designs, each with a preview of what it prints."""

from flask import Blueprint, render_template, request

from delphi import access, clock
from delphi.access import Capability
from delphi.model.study import Study
from delphi.studies import facts
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from exports.files.forms import DesignFields, read_fields
from exports.files.preview import Preview, preview_of
from exports.record.reader_profile import Profile
from exports.reports.designed import design
from exports.reports.designed.paper import Paper
from exports.tables.house import HOUSES

blueprint = Blueprint("tables", __name__)


@blueprint.get("/studies/<slug>/tables")
@policy(Capability.READ)
def show(study: Study) -> str:
    """Show one design in fields, with its preview: a kept one, or one that begins as a preset."""
    paper = Paper.of(study.paper)
    at = min(max(request.args.get("table", 0, type=int), 0), len(paper.tables))
    preset = request.args.get("preset", "")
    if preset in design.PRESETS:
        plain = design.plain(preset)
    else:
        plain = dict(paper.tables[at]) if at < len(paper.tables) else design.plain(design.PRESETS[0])
    return _page(study, paper, at, DesignFields.of(plain, at))


@blueprint.post("/studies/<slug>/tables/preview")
@policy(Capability.READ)
def preview(study: Study) -> Page:
    """Show what was typed, with its preview; nothing is kept."""
    fields = read_fields(request.form)
    return _page(study, Paper(request.form.get("style", ""), Paper.of(study.paper).tables), fields.at, fields)


@blueprint.post("/studies/<slug>/tables")
@policy(Capability.ANALYSE)
def keep(study: Study) -> Page:
    """Keep a design and the house style, or take the design out; what cannot be built comes back."""
    fields, known = read_fields(request.form), Paper.of(study.paper)
    paper = Paper(request.form.get("style", "") if request.form.get("style") in HOUSES else "", known.tables)
    removed = request.form.get("act") == "remove"
    shown = None if removed else _preview(study, paper, fields)
    if shown is not None and shown.problem:
        return _page(study, paper, fields.at, fields), 422
    wanted = paper.with_table(fields.at, None if removed else fields.plain)
    facts.change(current_session(), study, {"paper": wanted.as_dict()}, by=account().id, at=clock.now())
    return done(_("The tables are saved."), "tables.show", slug=study.slug, table=0 if removed else fields.at)


def _page(study: Study, paper: Paper, at: int, fields: DesignFields) -> str:
    may = access.capabilities(current_session(), account(), study)
    return render_template(
        "files/tables.html",
        study=study,
        paper=paper,
        at=at,
        fields=fields,
        preview=_preview(study, paper, fields),
        presets=design.preset_names(),
        houses={key: house.name for key, house in HOUSES.items()},
        may_keep=Capability.ANALYSE in may,
        form=ButtonForm(),
    )


def _preview(study: Study, paper: Paper, fields: DesignFields) -> Preview:
    session = current_session()
    may = access.capabilities(session, account(), study)
    profile = Profile.ANALYST if Capability.ANALYSE in may else Profile.AUTHOR
    return preview_of(session, study, fields.plain, paper, profile)
