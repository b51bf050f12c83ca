"""The lead's pages of languages: which there are, how far each is translated, and translating piece by piece."""

from flask import Blueprint, redirect, render_template, request, url_for

from delphi import access, clock
from delphi.access import Capability
from delphi.consensus.shipped_scales import SCALES
from delphi.contents import back_translation, languages, scale_words, translating
from delphi.contents.difference import difference
from delphi.contents.exchange.formats import FORMATS
from delphi.contents.piece import State
from delphi.model.study import StaleMark, Study
from delphi.protocol import differences
from delphi.studies import contents
from delphi.studies.forms import LanguagesForm, read_translations, read_words
from delphi.web.answers import Page, done, form_page, paged
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.language import offered
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("languages", __name__)
PAGE = 40


def _is_translated(study: Study, language: str) -> bool:
    """Whether the study has this language; a translator opens the own one alone."""
    access.check_translates(current_session(), account(), study, language)
    return language in study.languages


@blueprint.route("/studies/<slug>/languages", methods=["GET", "POST"])
@policy(Capability.LEAD)
def show(study: Study) -> Page:
    """Show and choose the languages of a study, and how a stale translation is marked."""
    session, form = current_session(), LanguagesForm.of(study)
    if form.validate_on_submit():
        mark = StaleMark(form.stale_mark.data)
        chosen = form.languages.data or []
        languages.choose(session, study, chosen, by=account().id, at=clock.now(), stale_mark=mark)
        return done(_("The languages are saved."), "languages.show", slug=study.slug)
    own = scale_words.worded(SCALES[study.scale], study.scale_words)
    return form_page(
        "studies/languages.html",
        form,
        study=study,
        offered=offered(),
        standings=contents.standings(session, study),
        words=scale_words.words_of(own),
        State=State,
    )


@blueprint.post("/studies/<slug>/languages/words")
@policy(Capability.LEAD)
def words(study: Study) -> Page:
    """Take the study's own words of its scale."""
    session, wanted = current_session(), {"scale_words": read_words(request.form, study)}
    differences.change(session, study, wanted, by=account().id, at=clock.now())
    return done(_("The words of the scale are saved."), "languages.show", slug=study.slug)


@blueprint.get("/studies/<slug>/languages/<language>")
@policy(Capability.TRANSLATE)
def translate(study: Study, language: str) -> Page:
    """Show the pieces of a study beside their translation: those that are open first, or all."""
    if not _is_translated(study, language):
        return redirect(url_for("languages.show", slug=study.slug), 303)
    everything = contents.translated(current_session(), study, language)
    is_all = request.args.get("show") == "all"
    listed = [one for one in everything if is_all or one.state is not State.PRESENT]
    part = paged(len(listed), PAGE)
    return render_template(
        "studies/translate.html",
        study=study,
        code=language,
        name=offered().get(language, language),
        pieces=part.of(listed),
        counts=translating.counts(everything),
        everything=is_all,
        page=part,
        difference=difference,
        formats=FORMATS,
        check_note=back_translation.notes(current_session(), study).get(language, ""),
        State=State,
        form=ButtonForm(),
    )


@blueprint.post("/studies/<slug>/languages/<language>")
@policy(Capability.TRANSLATE)
def keep(study: Study, language: str) -> Page:
    """Keep the translations of a page; what the source said otherwise meanwhile is left as it was."""
    if not _is_translated(study, language):
        return redirect(url_for("languages.show", slug=study.slug), 303)
    session = current_session()
    texts, passed = read_translations(request.form, contents.translated(session, study, language))
    n = translating.write(session, study, language, texts, by=account().id, at=clock.now())
    message = _("%(n)s translations were saved.") % {"n": n}
    if passed:
        message += " " + _("%(n)s were not: their source was changed meanwhile. Look again.") % {"n": passed}
    show = "all" if request.args.get("show") == "all" else None
    return done(message, "languages.translate", slug=study.slug, language=language, show=show)
