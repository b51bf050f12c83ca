"""P1 to P3: the personal link, the study information, consent, declining and coming back. GET changes nothing."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import PathConverter
from werkzeug.wrappers import Response as AnyResponse

from delphi import access, clock
from delphi.config import Settings
from delphi.contents import languages
from delphi.contents.information import DocumentTexts, document_in
from delphi.contents.pages import current_contents, texts_of
from delphi.contents.piece import Piece
from delphi.contents.reading import languages_of
from delphi.errors import NotFound
from delphi.letters.calendar import Spoken
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.study import Document, Study
from delphi.protocol.information import newest as newest_document
from delphi.protocol.information import versions as versions_of
from delphi.web import device, language
from delphi.web.language import gettext as _
from delphi.web.memory import current_memory
from delphi.web.policy import OPEN, PANELIST, policy
from delphi.web.transaction import current_session
from rounds.participation import consent, link_text
from rounds.participation.consent import ItemsMissing
from rounds.participation.forms import LeavingForm, ticked_items
from rounds.participation.progress import calendar_of, stage_of
from rounds.participation.reading import reading_once

blueprint = Blueprint("arrival", __name__)
Page = AnyResponse | str | tuple[str, int]


class AnyText(PathConverter):
    """A part of an address with whatever a mail program put into it, slashes and line breaks too."""

    regex = "(?s:.+?)"
    part_isolating = False  # a slash ends it not


@blueprint.record
def _know_any_text(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["any_text"] = AnyText


@blueprint.get("/p/", defaults={"token": ""})
@blueprint.get("/p/<any_text:token>")
@policy(OPEN)
def landing(token: str) -> Page:
    """P1: names nobody, changes nothing. What was replaced, ended or never was looks alike.

    What a mail program did to the address is undone here and not by a redirect: the secret enters no other address.
    """
    db = current_session()
    asked = f"{token}?{request.query_string.decode('latin-1')}" if request.query_string else token
    holder = access.link_holder_among(db, link_text.readings(asked))
    if holder is None:
        return render_template("participation/unknown_link.html"), 404
    secret, study, panelist = holder
    language.for_this_page(panelist.language)
    stage = stage_of(db, study, at=clock.now())
    minutes = _minutes(study, stage.round) if stage.is_open and stage.round and stage.round.number else None
    clean = url_for("arrival.landing", token=secret)
    facts = {"study": study, "stage": stage, "minutes": minutes, "token": secret, "path": clean}
    facts |= {"spoken": _spoken(study), "chosen": current_contents(study).language}
    return render_template("participation/landing.html", **facts)


def _spoken(study: Study) -> dict[str, str]:
    """The languages of a study by code, each in its own words."""
    return {code: language.offered().get(code, code) for code in languages_of(study)}


def _minutes(study: Study, round_: Round) -> int:
    """The minutes of a launched round, whose words are counted once."""
    db, made, launched, remember = current_session(), study.created_at, round_.opened_at, current_memory().remember
    return reading_once(db, study.id, round_.number, made=made, launched=launched, remember=remember).minutes()


@blueprint.post("/p/<token>")
@policy(OPEN)
def start(token: str) -> Page:
    """Start a session on this device; nothing is recorded about the person."""
    holder = access.link_holder(current_session(), token)
    if holder is None:
        return render_template("participation/unknown_link.html"), 404
    study, panelist = holder
    db, today = current_session(), clock.now().date()
    handed = access.handed(db, token)
    if handed and access.holds_full_session(db, panelist, session.get("panelist_grant"), today=today):
        return redirect(url_for("home.show"), 303)  # a handed link takes nothing from a device that sees everything
    grant = access.start_session(db, study.id, panelist.id, today=today, handed_link=handed)
    _choose(study, panelist, request.form.get("language", ""))
    kept = {name: session[name] for name in ("language", device.SHARED, "one_at_a_time") if name in session}
    session.clear()
    session.update(kept, panelist_grant=grant)
    session.permanent = True
    return redirect(url_for("home.show"), 303)


def _choose(study: Study, panelist: Panelist, code: str) -> None:
    """Keep the language that was chosen at arrival, where there was one to choose."""
    if study.languages and code in languages_of(study):
        languages.speak(panelist, code)
        language.choose(code)


@blueprint.get("/p/<token>/calendar.ics")
@policy(OPEN)
def calendar_before(token: str) -> Page:
    """The dates as a calendar file, before anybody has pressed Continue."""
    holder = access.link_holder(current_session(), token)
    if holder is None:
        raise NotFound
    language.for_this_page(holder[1].language)
    return _calendar(holder[0])


@blueprint.get("/panel/calendar.ics")
@policy(PANELIST)
def calendar(study: Study) -> Page:
    """The dates of the study as a calendar file."""
    return _calendar(study)


def _calendar(study: Study) -> Response:
    settings: Settings = current_app.extensions["settings"]
    stage = stage_of(current_session(), study, at=clock.now())
    spoken = Spoken(language.language(), texts_of(study).title)
    text = calendar_of(study, stage, settings.host, at=clock.now(), spoken=spoken)
    headers = {"Content-Disposition": f'attachment; filename="{study.slug}.ics"'}
    return Response(text, mimetype="text/calendar", headers=headers)


@blueprint.get("/panel/information")
@policy(PANELIST)
def information(study: Study, panelist: Panelist) -> Page:
    """P2: the study information at any later time, in the version agreed to and in the newest, with what changed."""
    versions = versions_of(current_session(), study.id)
    found = _version(versions, request.args.get("version", ""))
    before = next((document for document in versions if document.version == found.version - 1), None)
    shown = document_in(current_contents(study), found)
    return render_template(
        "participation/information.html",
        study=study,
        document=shown,
        versions=versions,
        agreed=consent.newest(current_session(), panelist),
        changes=_changes(study, before, shown),
    )


def _version(versions: list[Document], wanted: str) -> Document:
    """Pick a version by its number; the newest if none is named."""
    if not wanted:
        return versions[0]
    for document in versions:
        if str(document.version) == wanted:
            return document
    raise NotFound


def _changes(study: Study, before: Document | None, shown: DocumentTexts) -> list[tuple[str, Piece]]:
    """What changed since a version, in the language of both; in that of the source where one is not translated."""
    if before is None:
        return []
    old, new = document_in(current_contents(study), before).text, shown.text
    if old.language != new.language:
        old, new = Piece(old.source, study.language), Piece(new.source, study.language)
    return [(kind, Piece(text, new.language)) for kind, text in consent.changed_paragraphs(old, new)]


@blueprint.get("/panel/consent", endpoint="consent")
@policy(PANELIST)
def consent_page(study: Study, panelist: Panelist) -> Page:
    """P3: what is agreed to, and two buttons of equal weight."""
    return _consent_page(study, panelist)


@blueprint.post("/panel/consent", endpoint="decide")
@policy(PANELIST)
def decide(study: Study, panelist: Panelist) -> Page:
    """Agree to take part, or decline."""
    if request.form.get("decision") == "decline":
        consent.decline(current_session(), panelist, because="", on=clock.now().date(), at=clock.now())
        return redirect(url_for("home.show"), 303)
    document = newest_document(current_session(), study.id)
    ticked = ticked_items(request.form, document)
    try:
        consent.agree(current_session(), panelist, document, ticked, at=clock.now())
    except ItemsMissing:
        return _consent_page(study, panelist, ticked, refused=True), 422
    flash(_("You take part. A copy of what you agreed to is on its way to you, and stands under My data."))
    return redirect(url_for("about_you.show"), 303)


def _consent_page(study: Study, panelist: Panelist, ticked: list[int] | None = None, *, refused: bool = False) -> str:
    db = current_session()
    document, agreed = newest_document(db, study.id), consent.newest(db, panelist)
    shown = document_in(current_contents(study), document)
    known = next((d for d in versions_of(db, study.id) if agreed and d.version == agreed.version), None)
    return render_template(
        "participation/consent.html",
        study=study,
        document=shown,
        required=consent.required(document),
        ticked=ticked or [],
        refused=refused,
        changes=_changes(study, known, shown) if known and known.version < document.version else [],
        agreed=agreed,
    )


@blueprint.post("/panel/declined")
@policy(PANELIST)
def declined(panelist: Panelist) -> Page:
    """Take a reason for declining, or the declining back; neither is asked for."""
    form = LeavingForm()
    if request.form.get("decision") == "undo":
        consent.come_back(current_session(), panelist, at=clock.now())
    elif form.validate_on_submit() and consent.explain(current_session(), panelist, form.because.data or ""):
        flash(_("Thank you. Your reason is saved."))
    return redirect(url_for("home.show"), 303)


@blueprint.post("/panel/leave")
@policy(PANELIST)
def leave(study: Study) -> tuple[str, int, dict[str, str]]:
    """Sign out of this device."""
    access.end_session(current_session(), study.id, session["panelist_grant"])
    shared = device.is_shared()
    session.clear()
    device.share(shared=shared)
    return render_template("participation/left.html", study=study), 200, device.forget_headers()
