"""P13: everything held about oneself, as a page and as files; the own name can be corrected."""

import io
import json
from typing import Any

from flask import Blueprint, Response, request

from delphi import clock, handed_links
from delphi.contents.pages import current_contents, texts_of
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.people import acknowledgements, addresses, personal_data
from delphi.people.forms import NameForm
from delphi.people.own_answers import Facts, by_statement
from delphi.sheets.writing import write_csv
from delphi.web.answers import Page, done, form_page
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, policy
from delphi.web.transaction import current_session, current_settings

blueprint = Blueprint("personal_data", __name__)


@blueprint.route("/panel/my-data", methods=["GET", "POST"])
@policy(PANELIST)
def show(study: Study, panelist: Panelist) -> Page:
    """Show it all, and take a corrected name."""
    handed_links.refuse_withheld(current_session())
    known = personal_data.about(current_session(), panelist, acknowledgement=_key(study, panelist))
    person = known.identity
    form = NameForm(obj=person)
    if form.validate_on_submit():
        personal_data.correct_name(current_session(), study, panelist, form.value(), at=clock.now())
        return done(_("Your name is saved."), "personal_data.show")
    data = _gathered(study, panelist)
    statements = by_statement(data["answers"])
    facts: dict[str, Any] = {"data": data, "statements": statements, "names": section_names(), "fields": field_names()}
    facts["company"], facts["added_later"] = known.company, known.added_later
    facts["handed_devices"] = personal_data.handed_devices(current_session(), panelist)
    facts["to_confirm"] = (
        person is not None and person.changed_by_team and not handed_links.is_handed(current_session())
    )
    return form_page("people/personal_data.html", form, study=study, **facts)


@blueprint.post("/panel/my-data/address")
@policy(PANELIST)
def confirm_address(study: Study, panelist: Panelist) -> Page:
    """Take that the address which the team set is the panelist's own."""
    addresses.confirm(current_session(), study, panelist.id)
    return done(_("Saved: the next mail brings a link that shows everything."), "personal_data.show")


@blueprint.post("/panel/my-data/devices")
@policy(PANELIST)
def device(panelist: Panelist) -> Page:
    """Take whether a device that a handed link signed in is the panelist's own; otherwise it is signed out."""
    own = request.form.get("own") == "yes"
    personal_data.answer_for_device(current_session(), panelist, request.form.get("device", ""), own=own)
    message = _("That device shows your answers now.") if own else _("That device is signed out.")
    return done(message, "personal_data.show")


@blueprint.get("/panel/my-data.json")
@policy(PANELIST)
def as_json(study: Study, panelist: Panelist) -> Page:
    """Send it all as JSON."""
    text = json.dumps({"study": texts_of(study).title, **_gathered(study, panelist)}, ensure_ascii=False, indent=2)
    return _file(study, f"{text}\n", "json", "application/json")


@blueprint.get("/panel/my-data.csv")
@policy(PANELIST)
def as_csv(study: Study, panelist: Panelist) -> Page:
    """Send it all as CSV: a row a value."""
    stream = io.StringIO(newline="")
    rows = personal_data.as_rows(_gathered(study, panelist))
    write_csv(stream, ("section", "number", "field", "value"), rows)
    return _file(study, stream.getvalue(), "csv", "text/csv")


def _gathered(study: Study, panelist: Panelist) -> dict[str, list[Facts]]:
    handed_links.refuse_withheld(current_session())
    key, said = _key(study, panelist), current_contents(study)
    return personal_data.gather(current_session(), study, panelist, acknowledgement=key, contents=said)


def _key(study: Study, panelist: Panelist) -> str:
    return acknowledgements.key_of(current_settings().secret_key, study.id, panelist.id)


def _file(study: Study, text: str, suffix: str, kind: str) -> Response:
    disposition = f'attachment; filename="{study.slug}-my-data.{suffix}"'
    return Response(text, mimetype=kind, headers={"Content-Disposition": disposition})


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
        "language": _("Language"),
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
        "handed": _("Handed to you by the study team"),
        "changed_by_team": _("Mail address changed by the study team"),
        "bounced_on": _("Mail came back on"),
        "bounce": _("Why mail came back"),
        "reminders_stopped": _("No reminders, as you asked"),
        "note": _("Note of the study team"),
        "round": _("Round"),
        "finished_on": _("Finished on"),
        "statement": _("Statement"),
        "wording": _("Wording"),
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
