"""A page for one person of the panel: corrected, mailed, removed; never an answer on it."""

from collections.abc import Mapping
from uuid import uuid4

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.contents.reading import languages_of
from delphi.errors import Refused
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.people import addresses
from delphi.people.person import changes, merging
from delphi.people.person.changes import By
from delphi.people.person.forms import PersonForm, form_key, read_characteristics, read_other
from delphi.people.person.merging import Merge
from delphi.people.person.reading import Person, letters_of, namesakes, open_round, person_of
from delphi.protocol import groups
from delphi.web.answers import Page, done
from delphi.web.language import gettext as _
from delphi.web.language import offered, told
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session, current_settings

blueprint = Blueprint("person", __name__, url_prefix="/studies/<slug>/panel/<code>")


def _keys(study: Study, person: Person) -> dict[str, str]:
    """The characteristics of a person, and those that the study asks, each with its label."""
    asked = {str(one["key"]): str(one.get("label") or one["key"]) for one in study.asked_characteristics}
    return {key: key for key in sorted(person.identity.characteristics)} | asked


def _by() -> By:
    return By(account().id, clock.now())


@blueprint.get("")
@policy(Capability.ROSTER)
def show(study: Study, code: str) -> Page:
    """Show a person: name, address, letters, and what can be done; no answer."""
    panelist = access.panelist_coded(current_session(), study, code)
    person = person_of(current_session(), study, panelist)
    form = PersonForm()
    form.fill(person.details)
    return _page(study, person, form, person.details.characteristics)


def _page(
    study: Study, person: Person, form: PersonForm, characteristics: Mapping[str, str], *, refused: str = ""
) -> str:
    session, now = current_session(), clock.now()
    running = open_round(session, study, at=now)
    known = running is not None and running.number in {round_.number for round_ in person.rounds}
    return render_template(
        "people/person/show.html",
        study=study,
        person=person,
        form=form,
        refused=refused,
        seen=person.details.mark(),
        keys=_keys(study, person),
        characteristics=characteristics,
        spoken=languages_of(study),
        offered=offered(),
        groups=[group.key for group in groups.groups_of(session, study)],
        letters=letters_of(session, study, person, at=now),
        namesakes=namesakes(session, study, person),
        invite_into=None if known or not person.panelist.taking_part else running,
        removable=person.removable(study),
        new_form=uuid4().hex,
    )


@blueprint.post("")
@policy(Capability.ROSTER)
def correct(study: Study, code: str) -> Page | tuple[str, int]:
    """Take a correction; one that is refused comes back with what was typed."""
    session, form = current_session(), PersonForm()
    panelist = access.panelist_coded(session, study, code)
    person = person_of(session, study, panelist)
    form.addressed = person.identity.email is not None
    characteristics = read_characteristics(request.form, _keys(study, person))
    if not form.validate():
        return _page(study, person, form, characteristics, refused=_("Nothing was changed.")), 422
    try:
        changed = changes.correct(session, study, panelist, form.correction(characteristics), by=_by())
    except Refused as refusal:
        return _page(study, person, form, characteristics, refused=told(refusal)), 409
    message = _("The person is corrected.") if changed else _("All stands as you wrote it; nothing was changed.")
    return _back(study, code, message)


def _back(study: Study, code: str, message: str) -> Response:
    return done(message, "person.show", slug=study.slug, code=code)


@blueprint.post("/link")
@policy(Capability.ROSTER)
def send_link(study: Study, code: str) -> Page:
    """Mail a new link to the address of the person."""
    session = current_session()
    sent = changes.send_link(session, study, access.panelist_coded(session, study, code), by=_by())
    message = _("A new link is on its way.") if sent else _("A link is on its way already; no second one is sent.")
    return _back(study, code, message)


@blueprint.post("/links/end")
@policy(Capability.ROSTER)
def end_links(study: Study, code: str) -> Page:
    """End all links of a person, and sign out all devices."""
    session = current_session()
    changes.end_links(session, study, access.panelist_coded(session, study, code), by=_by())
    return _back(study, code, _("No link of this person opens any more, and no device is signed in."))


@blueprint.post("/links/hand")
@policy(Capability.ROSTER)
def hand_link(study: Study, code: str) -> Page:
    """Show a link to print or copy, once; that it was made stands in the trail."""
    session, settings = current_session(), current_settings()
    panelist = access.panelist_coded(session, study, code)
    person, key = person_of(session, study, panelist), form_key(request.form)
    token = changes.hand_link(session, study, panelist, form=key, secret=settings.secret_key, by=_by())
    link = f"{settings.public_url}/p/{token}"
    return render_template("people/person/handed_link.html", study=study, person=person, link=link)


@blueprint.route("/remove", methods=["GET", "POST"])
@policy(Capability.ROSTER)
def remove(study: Study, code: str) -> Page:
    """Ask, then take somebody out who has not agreed to take part."""
    session = current_session()
    panelist = access.panelist_coded(session, study, code)
    if request.method == "POST" and request.form.get("confirm") == "yes":
        return _removed(study, panelist)
    person = person_of(session, study, panelist)
    facts = {"study": study, "person": person, "removable": person.removable(study)}
    return render_template("people/person/remove.html", form=PersonForm(), **facts)


def _removed(study: Study, panelist: Panelist) -> Response:
    changes.remove(current_session(), study, panelist, secret=current_settings().secret_key, by=_by())
    return done(_("The person is removed. Nothing of them is kept."), "roster.index", slug=study.slug)


@blueprint.route("/merge", methods=["GET", "POST"])
@policy(Capability.ROSTER)
def merge(study: Study, code: str) -> Page | tuple[str, int]:
    """Make two entries of one person one."""
    session = current_session()
    panelist = access.panelist_coded(session, study, code)
    if request.method == "GET":
        return _merge_page(study, panelist)
    other = _other(study)
    if other is None:
        return _merge_page(study, panelist, refused=_("Say which entry is the same person. Nothing was changed.")), 422
    asked = Merge(panelist, other, address_of_other=request.form.get("address") == "other")
    try:
        stays = merging.merge(session, study, asked, secret=current_settings().secret_key, by=_by())
    except Refused as refusal:
        return _merge_page(study, panelist, refused=told(refusal)), 409
    return _back(study, stays.page_code or "", _("The two entries are one person now."))


def _other(study: Study) -> Panelist | None:
    session, (code, email) = current_session(), read_other(request.form)
    found = addresses.page_of(session, study, "", email) if email else code
    return access.panelist_coded(session, study, found) if found else None


def _merge_page(study: Study, panelist: Panelist, *, refused: str = "") -> str:
    session = current_session()
    person = person_of(session, study, panelist)
    facts = {"person": person, "namesakes": namesakes(session, study, person), "form": PersonForm(), "refused": refused}
    return render_template("people/person/merge.html", study=study, **facts)
