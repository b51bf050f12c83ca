"""Translations as files: a language leaves as a file, and comes back in two steps, each row accounted for."""

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.contents import back_translation, translating
from delphi.contents.exchange import comparing, formats
from delphi.contents.exchange.comparing import Fate
from delphi.contents.exchange.rows import FileError, ReturnedFile
from delphi.errors import NotFound, Refused
from delphi.model.study import Study
from delphi.web import uploads
from delphi.web.answers import Page, done
from delphi.web.forms import ButtonForm, clean
from delphi.web.language import gettext as _
from delphi.web.language import offered
from delphi.web.policy import account, parses_first, policy, takes_files
from delphi.web.transaction import current_session, reads_first

blueprint = Blueprint("translation_files", __name__, url_prefix="/studies/<slug>/languages/<language>")
LONGEST_NOTE = 2000


def _check(study: Study, language: str) -> None:
    """Let a translator open the own language alone, and nobody one that the study does not have."""
    access.check_translates(current_session(), account(), study, language)
    if language not in study.languages:
        raise Refused("The study does not have this language; nothing was changed. Choose it first.")


def _read(data: bytes) -> ReturnedFile:
    try:
        return formats.read(data)
    except FileError as error:
        raise Refused(str(error)) from None


@blueprint.get("/file/<ending>")
@policy(Capability.TRANSLATE)
def export(study: Study, language: str, ending: str) -> Response:
    """Write the pieces with their translations as a file that can be imported again."""
    _check(study, language)
    if ending not in formats.FORMATS:
        raise NotFound
    file = formats.FORMATS[ending]
    try:
        answer = make_response(file.write(comparing.sent_file(current_session(), study, language)))
    except FileError as error:
        raise Refused(str(error)) from None
    answer.headers["Content-Type"] = file.mime
    answer.headers["Content-Disposition"] = f"attachment; filename={study.slug}_{language}.{file.ending}"
    return answer


@blueprint.post("/file")
@policy(Capability.TRANSLATE)
@takes_files
@reads_first
def preview(study: Study, language: str) -> Page:
    """Show what each row of a file would do; nothing is saved."""
    _check(study, language)
    file = request.files.get("file")
    data = file.read() if file and file.filename else b""
    if not data:
        raise Refused("Choose a file first; nothing was imported.")
    return render_template(
        "studies/translation_file.html",
        study=study,
        language_code=language,
        name=offered().get(language, language),
        found=comparing.compare(current_session(), study, language, _read(data)),
        data=uploads.as_field(data),
        Fate=Fate,
        shown=uploads.SHOWN,
        back=url_for("languages.translate", slug=study.slug, language=language),
        form=ButtonForm(),
    )


@blueprint.post("/file/take")
@policy(Capability.TRANSLATE)
@takes_files
@parses_first(lambda: _read(uploads.carried_file()))
def take(study: Study, language: str, rows: ReturnedFile) -> Page:
    """Take what the preview showed."""
    _check(study, language)
    session = current_session()
    found = comparing.compare(session, study, language, rows)
    n = translating.write(session, study, language, found.texts, by=account().id, at=clock.now())
    message = _("%(n)s translations were saved.") % {"n": n}
    return done(message, "languages.translate", slug=study.slug, language=language)


@blueprint.post("/check")
@policy(Capability.TRANSLATE)
def keep_check(study: Study, language: str) -> Page:
    """Keep how the translation was checked."""
    _check(study, language)
    note = clean(request.form.get("note"), LONGEST_NOTE)
    back_translation.keep(current_session(), study, language, note, by=account().id, at=clock.now())
    return done(_("The note is saved."), "languages.translate", slug=study.slug, language=language)
