"""Pages of the end of a study: archive, delete with a waiting time, undo."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.errors import NotFound
from delphi.model.study import Study
from delphi.studies import retention
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("retention", __name__)
ACTS: dict[str, Callable[..., Any]] = {
    "archive": retention.archive,
    "restore": retention.restore,
    "delete": retention.ask_deletion,
    "undo": retention.undo_deletion,
}


def _study(slug: str) -> Study:
    return access.study_for(current_session(), account(), slug, to=Capability.OWN)


@blueprint.get("/studies/<slug>/ending")
@policy(Capability.OWN)
def show(slug: str) -> str:
    """Say what archiving and deleting do."""
    return render_template("studies/retention.html", study=_study(slug), form=ButtonForm(), days=retention.WAITING.days)


@blueprint.post("/studies/<slug>/ending/<act>")
@policy(Capability.OWN)
def decide(slug: str, act: str) -> Response:
    """Archive, restore, ask for the deletion, or undo it."""
    if act not in ACTS:
        raise NotFound
    more = {"title": request.form.get("title", "")} if act == "delete" else {}
    ACTS[act](current_session(), _study(slug), by=account().id, at=clock.now(), **more)
    told = {
        "archive": _("The study is archived."),
        "restore": _("The study can be changed again."),
        "delete": _("The study will be deleted. Until then you can undo it here."),
        "undo": _("The study stays."),
    }
    flash(told[act])
    return redirect(url_for("retention.show", slug=slug), 303)
