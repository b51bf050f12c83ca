"""P4: what a panelist says about themselves. Nothing is forced; what is known is shown for correction."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi.errors import NotFound
from delphi.people import declarations
from delphi.people.declarations import Asked, Expertise, Told
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, panelist, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("about_you", __name__)
LONGEST, LONGEST_TEXT = 200, 2000
Page = Response | str | tuple[str, int]


@blueprint.route("/panel/about", methods=["GET", "POST"])
@policy(PANELIST)
def show() -> Page:
    """Show and take what the study asks; a study that asks nothing has no such page."""
    study, who = panelist()
    if not who.taking_part:
        raise NotFound
    asked = declarations.asked_by(current_session(), study)
    if not asked:
        return redirect(url_for("home.show"), 303)
    if not ButtonForm().validate_on_submit():
        told = declarations.told_by(current_session(), who)
        return _page(asked, told)
    told, errors = read(request.form, asked)
    declarations.tell(current_session(), study, who, told)
    if errors:
        return _page(asked, told, errors)
    flash(_("What you told us is saved. You can change it in every round."))
    return redirect(url_for("home.show"), 303)


def _page(asked: Asked, told: Told, errors: Mapping[str, str] | None = None) -> str:
    study, who = panelist()
    words = {
        Expertise.WORKS: _("I work in this field"),
        Expertise.KNOWS: _("I know it from outside"),
        Expertise.DOES_NOT_KNOW: _("I do not know it"),
    }
    return render_template(
        "people/about_you.html", study=study, who=who, asked=asked, told=told, expertise=words, errors=errors or {}
    )


def read(form: Mapping[str, str], asked: Asked) -> tuple[Told, dict[str, str]]:
    """Read the form; what is too long is cut out with a message, and everything else is kept."""
    errors = {}
    characteristics = {}
    for one in asked.characteristics:
        value = " ".join(form.get(f"c-{one.key}", "").replace("\0", "").split())
        if one.options and value not in one.options:
            value = ""
        if len(value) > LONGEST:
            errors[f"c-{one.key}"] = _("This is longer than %(n)s characters and was not saved.") % {"n": LONGEST}
            value = ""
        characteristics[one.key] = value
    levels = {section: form.get(f"e-{n}", "") for n, section in enumerate(asked.sections)}
    text = form.get("conflict_text", "").replace("\0", "").strip()
    if len(text) > LONGEST_TEXT:
        errors["conflict_text"] = _("This is longer than %(n)s characters and was not saved.") % {"n": LONGEST_TEXT}
        text = ""
    told = Told(
        group=form.get("group") or None,
        characteristics=characteristics,
        expertise={section: Expertise(level) for section, level in levels.items() if level in set(Expertise)},
        conflict={"yes": True, "no": False}.get(form.get("conflict", "")),
        conflict_text=text,
        conflict_published=form.get("conflict_published") == "yes",
    )
    return told, errors
