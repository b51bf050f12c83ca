"""P13: everything held about oneself, as a page and as files; the own name can be corrected."""

import io
import json
from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from delphi import audit, clock
from delphi.model.event import EventKind
from delphi.model.identity import Identity
from delphi.people import personal_data
from delphi.people.forms import NameForm
from delphi.people.pages.acknowledgement import key
from delphi.sheets.writing import write_csv
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, panelist, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("personal_data", __name__)
Page = AnyResponse | str | tuple[str, int]


def gathered() -> dict[str, list[dict[str, Any]]]:
    """Collect what is held about this browser's panelist."""
    study, who = panelist()
    return personal_data.gather(current_session(), study, who, acknowledgement=key())


@blueprint.route("/panel/my-data", methods=["GET", "POST"])
@policy(PANELIST)
def show() -> Page:
    """Show it all, and take a corrected name."""
    study, who = panelist()
    person = current_session().get(Identity, (study.id, who.id))
    form = NameForm(obj=person)
    if person is not None and form.validate_on_submit():
        name = " ".join((form.name.data or "").split())
        if name != person.name:
            person.name = name
            # The trail tells that a name was corrected and on which day; whose it is it must not hold.
            day = datetime.combine(clock.now().date(), time(), clock.now().tzinfo)
            audit.record(current_session(), study.id, EventKind.PANELIST_CORRECTED, by=None, at=day)
        flash(_("Your name is saved."))
        return redirect(url_for("personal_data.show"), 303)
    page = render_template(
        "people/personal_data.html",
        study=study,
        form=form,
        data=gathered(),
        names=section_names(),
        fields=field_names(),
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/panel/my-data.json")
@policy(PANELIST)
def as_json() -> Page:
    """Give it all as JSON."""
    text = json.dumps({"study": panelist()[0].title, **gathered()}, ensure_ascii=False, indent=2)
    return _file(f"{text}\n", "json", "application/json")


@blueprint.get("/panel/my-data.csv")
@policy(PANELIST)
def as_csv() -> Page:
    """Give it all as CSV: a row a value."""
    stream = io.StringIO(newline="")
    write_csv(stream, ("section", "number", "field", "value"), personal_data.as_rows(gathered()))
    return _file(stream.getvalue(), "csv", "text/csv")


def _file(text: str, suffix: str, kind: str) -> Response:
    name = f"{panelist()[0].slug}-my-data.{suffix}"
    return Response(text, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def section_names() -> dict[str, str]:
    """Name the sections of the page."""
    return {
        "person": _("Who you are"),
        "declaration": _("What you told about yourself"),
        "acknowledgement": _("How you want to be named"),
        "consents": _("What you agreed to"),
        "links": _("Links that were sent to you"),
        "devices": _("Devices that are signed in"),
        "rounds": _("Rounds you were invited to"),
        "answers": _("Your answers and comments"),
        "proposals": _("Statements you proposed"),
        "letters": _("Mails sent to you"),
    }


def field_names() -> dict[str, str]:
    """Name the fields; a characteristic that the lead asked for is named by its key."""
    return {
        "name": _("Name"),
        "email": _("Mail address"),
        "stakeholder_group": _("Group"),
        "declined_on": _("Declined on"),
        "left_because": _("Reason"),
        "conflict_of_interest": _("Conflict of interest"),
        "conflict_text": _("Which conflict"),
        "conflict_published": _("May be published"),
        "affiliation": _("Affiliation"),
        "orcid": "ORCID",
        "certificate": _("Certificate wanted"),
        "version": _("Version of the text"),
        "items": _("Items agreed to"),
        "given_on": _("Agreed on"),
        "minted_on": _("Sent on"),
        "signed_in_until": _("Signed in until"),
        "round": _("Round"),
        "finished_on": _("Finished on"),
        "statement": _("Statement"),
        "answer": _("Answer"),
        "value": _("Value"),
        "comment": _("Comment"),
        "reason_for_change": _("Reason for the change"),
        "section": _("Section"),
        "text": _("Text"),
        "reason": _("Reason"),
        "source": _("Source"),
        "kind": _("Kind"),
        "sent_at": _("Sent at"),
    }
