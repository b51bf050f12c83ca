"""Pages of the protocol: read it, try its rule, write it, lock it, amend it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.consensus.analysis import Definition
from delphi.consensus.rules.example import Example, example_counts, example_options, judge_example
from delphi.consensus.rules.settings import Setting, settings_of
from delphi.consensus.shipped_scales import SCALES
from delphi.model.study import Study
from delphi.protocol import amendments, differences, groups, labels, method
from delphi.protocol.forms import AmendmentForm, ProtocolForm, settings_sent
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, account, panelist, policy, signed_in
from delphi.web.transaction import current_session

blueprint = Blueprint("protocol", __name__)
Page = str | Response | tuple[str, int]
MOST_VOTES = 100_000


def _study(slug: str, to: Capability) -> Study:
    return access.study_for(current_session(), account(), slug, to=to)


@blueprint.get("/studies/<slug>/protocol")
@policy(Capability.READ)
def show(slug: str) -> Page:
    """Show the protocol as a whole, with its rule as an example to play with."""
    study = _study(slug, Capability.READ)
    may = access.capabilities(current_session(), account(), study)
    return render_template("protocol/protocol.html", **_reading(study), may=may, form=ButtonForm())


@blueprint.get("/panel/protocol")
@policy(PANELIST)
def for_panel() -> Page:
    """Show the same protocol to everybody invited."""
    study, _who = panelist()
    return render_template("protocol/panelist.html", **_reading(study), form=ButtonForm())


@blueprint.app_context_processor
def marks() -> dict[str, Any]:
    """Give every template the amendments that came after data, and what its reader may do in a study."""
    return {
        "changed_after_data": lambda study: amendments.changed_after_data(current_session(), study),
        "may_in": lambda study: access.capabilities(current_session(), account(), study) if signed_in() else (),
    }


def _reading(study: Study) -> dict[str, Any]:
    """Collect what the protocol says, in words."""
    definition, declared = method.definition_of(study), groups.groups_of(current_session(), study)
    return {
        "study": study,
        "definition": definition,
        "groups": declared,
        "amendments": amendments.amendments_of(current_session(), study),
        "labels": _labels(),
        "example": _example(definition, [group.key for group in declared] or [""], request.args),
        "empty": [name for name in ("aim", "rule_rationale", "registration") if not study.texts.get(name)],
    }


def _labels() -> dict[str, Any]:
    return {
        "texts": labels.text_labels(),
        "items": method.TEXTS,
        "method": labels.method_labels(),
        "choices": labels.choice_labels(),
        "feedback": labels.feedback_labels(),
        "stopping": labels.stopping_labels(),
        "settings": labels.setting_labels(),
        "verdicts": labels.verdict_labels(),
    }


def _example(definition: Definition, names: list[str], args: Mapping[str, str]) -> dict[str, Any]:
    """Judge the counts of the address, or those to begin with."""
    options = example_options(definition.scale)
    begin = example_counts(definition.scale)

    def count(name: str, default: int) -> int:
        text = args.get(name, "")
        return min(int(text), MOST_VOTES) if text.isascii() and text.isdigit() else default

    ratings = [{v: count(f"n{g}_{v}", begin[v]) for v in options} for g in range(len(names))]
    opted_out = [count(f"nq{g}", 0) for g in range(len(names))]
    judged: Example | None = None
    try:
        judged = judge_example(definition, ratings, opted_out, names)
    except (ValueError, KeyError):  # the rule asks groups that are not declared yet
        judged = None
    return {"options": options, "groups": names, "ratings": ratings, "opted_out": opted_out, "judged": judged}


@blueprint.route("/studies/<slug>/protocol/edit", methods=["GET", "POST"])
@policy(Capability.LEAD)
def edit(slug: str) -> Page:
    """Write the protocol; after its lock the same page makes an amendment."""
    study = _study(slug, Capability.LEAD)
    form = (AmendmentForm if study.protocol_locked_at else ProtocolForm).of(study)
    settings = study.rule_settings
    if request.method == "POST":
        same_rule = request.form.get("shown") == f"{form.scale.data} {form.rule.data}"
        settings = settings_sent(request.form) if same_rule else {}
        if same_rule and "show" not in request.form and form.validate() and _works(form, settings):
            return _write(study, form, settings)
    asked = _rule_form(form, settings)
    return _edit_page(study, form, asked), 422 if form.errors or form.form_errors else 200


def _works(form: ProtocolForm, settings: Mapping[str, str]) -> bool:
    """Say at the form why a rule does not work."""
    try:
        method.definition_from(form.wanted(settings))
    except ValueError as error:
        form.form_errors.append(str(error))
        return False
    return True


def _write(study: Study, form: ProtocolForm, settings: Mapping[str, str]) -> Response:
    wanted = form.wanted(settings)
    decided: dict[str, Any] = {"by": account().id, "at": clock.now()}
    if isinstance(form, AmendmentForm):
        made = amendments.amend(current_session(), study, wanted, reason=form.reason.data or "", **decided)
        flash(_("Amendment %(number)s is written down.") % {"number": made.number})
    else:
        differences.change(current_session(), study, wanted, **decided)
        flash(_("The protocol is saved. It is not locked yet."))
    return redirect(url_for("protocol.show", slug=study.slug), 303)


def _edit_page(study: Study, form: ProtocolForm, settings: list[Setting]) -> str:
    return render_template(
        "protocol/edit.html",
        study=study,
        form=form,
        settings=settings,
        shown=f"{form.scale.data} {form.rule.data}",
        answered=bool(study.protocol_locked_at) and amendments.answers_given(current_session(), study),
        labels=_labels(),
    )


def _rule_form(form: ProtocolForm, settings: Mapping[str, str]) -> list[Setting]:
    """List the settings of the rule that is chosen; none if it does not fit the scale."""
    try:
        return settings_of(form.rule.data, SCALES[form.scale.data], settings)
    except (KeyError, ValueError) as error:
        form.form_errors.append(str(error))
        return []
