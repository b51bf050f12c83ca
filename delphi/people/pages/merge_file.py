"""The file for a mail merge: what it means is said first, then it is made."""

from uuid import uuid4

from flask import Blueprint, render_template, request

from delphi import clock
from delphi.access import Capability
from delphi.errors import Refused
from delphi.model.study import Study
from delphi.people import merge_file
from delphi.people.person.changes import By
from delphi.people.person.forms import form_key
from delphi.web import uploads
from delphi.web.answers import Page
from delphi.web.forms import ButtonForm
from delphi.web.language import told
from delphi.web.policy import account, policy
from delphi.web.transaction import commit, current_session, current_settings

blueprint = Blueprint("merge_file", __name__)


@blueprint.get("/studies/<slug>/panel/merge")
@policy(Capability.ROSTER)
def ask(study: Study) -> Page:
    """Say what a link in the team's hands means, and whether the file can be made."""
    why_not = ""
    try:
        merge_file.refuse_late(current_session(), study, at=clock.now())
    except Refused as refusal:
        why_not = told(refusal)
    form = ButtonForm()
    return render_template("people/merge_file.html", study=study, why_not=why_not, form=form, key=uuid4().hex)


@blueprint.post("/studies/<slug>/panel/merge.<suffix>")
@policy(Capability.ROSTER)
def make(study: Study, suffix: str) -> Page:
    """Make the links, and write the file."""
    uploads.check_suffix(suffix)
    settings, by = current_settings(), By(account().id, clock.now())
    key, secret = form_key(request.form), settings.secret_key
    rows = merge_file.rows(current_session(), study, form=key, secret=secret, url=settings.public_url, by=by)
    name = f"{study.slug}_mail_merge"
    commit()
    return uploads.download(name, suffix, merge_file.HEAD, rows)
