"""Pages of setting up: what the study is called, groups and what panelists are asked, information and consent."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import access, audit, clock
from delphi.access import Capability
from delphi.consensus.vocabulary import EVERYBODY
from delphi.model.event import EventKind
from delphi.model.study import Study
from delphi.protocol import groups, information
from delphi.protocol.groups import Wanted
from delphi.studies.forms import DocumentForm, FactsForm, GroupsForm
from delphi.web.language import gettext as _
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session

blueprint = Blueprint("setup", __name__)
Page = str | Response | tuple[str, int]
ASKED = re.compile(r"^\s*([A-Za-z0-9_ -]{1,60}):\s*([^|]{1,200})(?:\|([^|]{0,200}))?(?:\|(.{0,2000}))?$")
FLAGS = ("group_chosen", "asks_expertise", "asks_conflicts")


def _study(slug: str) -> Study:
    return access.study_for(current_session(), account(), slug, to=Capability.LEAD)


def _changed(study: Study, changes: Mapping[str, Any]) -> None:
    """Write plain facts of a study, with one event that names them."""
    found = {name: value for name, value in changes.items() if getattr(study, name) != value}
    for name, value in found.items():
        setattr(study, name, value)
    if found:
        who, session = account().id, current_session()
        audit.record(session, study.id, EventKind.STUDY_CHANGED, by=who, at=clock.now(), changed=sorted(found))


@blueprint.route("/studies/<slug>/facts", methods=["GET", "POST"])
@policy(Capability.LEAD)
def facts(slug: str) -> Page:
    """Change title, contact and time zone."""
    study = _study(slug)
    form = FactsForm(obj=study)
    if form.validate_on_submit():
        names = ("title", "lead_name", "contact_email", "time_zone")
        _changed(study, {name: (form[name].data or "").strip() for name in names})
        flash(_("Saved."))
        return redirect(url_for("overview.show", slug=slug), 303)
    return render_template("studies/facts.html", study=study, form=form), 422 if form.errors else 200


@blueprint.route("/studies/<slug>/groups", methods=["GET", "POST"], endpoint="groups")
@policy(Capability.LEAD)
def group_list(slug: str) -> Page:
    """Write the groups with their targets, and what panelists are asked about themselves."""
    study, session = _study(slug), current_session()
    form = GroupsForm(data={name: getattr(study, name) for name in FLAGS} | {"asked": _as_lines(study)})
    if request.method == "POST":
        wanted, asked = _wanted(request.form, form), _asked(form)
        if form.validate() and not form.form_errors:
            groups.write(session, study, wanted, by=account().id, at=clock.now())
            flags = {name: bool(form[name].data) for name in FLAGS}
            _changed(study, {"asked_characteristics": asked, **flags})
            flash(_("The groups are saved."))
            return redirect(url_for("setup.groups", slug=slug), 303)
    page = render_template(
        "studies/groups.html",
        study=study,
        form=form,
        groups=groups.groups_of(session, study),
        sizes=groups.sizes(session, study),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _wanted(sent: Mapping[str, str], form: GroupsForm) -> list[Wanted]:
    """Read the groups that are there, in their rows, and the new ones, one a line."""
    found = []
    for number in range(200):
        key = sent.get(f"key-{number}", "").strip()
        if key and f"remove-{number}" not in sent:
            found.append(Wanted(key, _target(sent.get(f"target-{number}", ""), form), f"public-{number}" in sent))
    for line in (form.new.data or "").splitlines():
        key, _colon, target = (part.strip() for part in line.partition(":"))
        if key:
            found.append(Wanted(key, _target(target, form)))
    names = [group.key for group in found]
    if any(len(name) > 60 or name == EVERYBODY for name in names) or len(set(names)) < len(names):
        form.form_errors.append(_("A group has a name of its own, of at most 60 characters, and is not called “all”."))
    return found


def _target(text: str, form: GroupsForm) -> int | None:
    if text and not (text.isascii() and text.isdigit() and 0 < int(text) < 100_000):
        form.form_errors.append(_("A target is a whole number above 0."))
        return None
    return int(text) if text else None


def _as_lines(study: Study) -> str:
    return "\n".join(
        " | ".join(
            [
                f"{one['key']}: {one.get('label') or one['key']}",
                one.get("purpose", ""),
                "; ".join(one.get("options", ())),
            ]
        ).rstrip(" |")
        for one in study.asked_characteristics
    )


def _asked(form: GroupsForm) -> list[dict[str, Any]]:
    """Read what is asked, one a line: name: question | purpose | option; option."""
    found = []
    for line in filter(str.strip, (form.asked.data or "").splitlines()):
        match = ASKED.match(line)
        if match is None:
            form.form_errors.append(
                _("This line is not of the form “name: question | purpose | options”:") + f" {line[:60]}"
            )
            continue
        key, label, purpose, options = (part.strip() if part else "" for part in match.groups())
        listed = [option.strip() for option in options.split(";") if option.strip()]
        found.append({"key": key, "label": label, "purpose": purpose, "options": listed})
    return found


@blueprint.route("/studies/<slug>/texts", methods=["GET", "POST"])
@policy(Capability.LEAD)
def texts(slug: str) -> Page:
    """Write information and consent; every saving is a new version, and a material change asks again."""
    study, session = _study(slug), current_session()
    newest = information.newest(session, study.id)
    form = DocumentForm(data={"information": newest.text, "consent": newest.consent})
    if form.validate_on_submit():
        information.publish(
            session,
            study,
            information=form.information.data or "",
            consent=form.consent.data or "",
            material=bool(form.material.data),
            reason=form.reason.data or "",
            by=account().id,
            at=clock.now(),
        )
        flash(_("The new version is published."))
        return redirect(url_for("setup.texts", slug=slug), 303)
    page = render_template(
        "studies/texts.html", study=study, form=form, versions=information.versions(session, study.id)
    )
    return page, 422 if form.errors else 200
