"""Pages of the protocol: read it, try its rule, write it, lock it, amend it."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from delphi import access, clock, progress
from delphi.access import Capability
from delphi.consensus.analysis import Definition
from delphi.consensus.rules.percent import GradedAgreement
from delphi.consensus.scale import Scale
from delphi.contents import back_translation
from delphi.contents.pages import current_contents
from delphi.contents.piece import Piece
from delphi.contents.reading import languages_of
from delphi.model.study import Study
from delphi.protocol import amendments, differences, groups, labels, method
from delphi.protocol.forms import AmendmentForm, ProtocolForm, example_sent
from delphi.web.answers import Page, done, form_page
from delphi.web.forms import ButtonForm
from delphi.web.language import either, listed, offered, per_cent
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, account, policy, signed_in
from delphi.web.transaction import current_session

blueprint = Blueprint("protocol", __name__)


@blueprint.get("/studies/<slug>/protocol")
@policy(Capability.READ)
def show(study: Study) -> Page:
    """Show the protocol as a whole, with its rule as an example to play with."""
    may = access.capabilities(current_session(), account(), study)
    return render_template("protocol/protocol.html", **_facts(study), may=may, form=ButtonForm())


@blueprint.get("/panel/protocol")
@policy(PANELIST)
def for_panel(study: Study) -> Page:
    """Show the same protocol to everybody invited."""
    facts, said = _facts(study), current_contents(study)
    definition = replace(facts["definition"], scale=said.scale(study))
    named = [said.say(f"group.{key}", key) for key in facts["example"]["groups"]]
    facts |= {"definition": definition, "example": facts["example"] | {"groups": named}}
    facts["plain_rule"] = _plain_rule(definition) or Piece(definition.rule.describe(definition.scale), "en")
    return render_template("protocol/panelist.html", **facts, form=ButtonForm())


def _plain_rule(definition: Definition) -> str:
    """A graded rule as a panelist reads it first, without the rounding of its shares; other rules have their own words."""
    rule, scale = definition.rule, definition.scale
    if not isinstance(rule, GradedAgreement):
        return ""
    unanimous, *letters = rule.letters
    grades = [_("%(letter)s from %(share)s") % pair for pair in _pairs(letters, rule.bands)]
    told = _(
        "Consensus in: at least %(share)s (in whole per cent) of those who rate choose %(agree)s. A letter says how "
        "many: %(grades)s; %(unanimous)s if nobody disagrees. Consensus out: at least %(share)s choose %(disagree)s."
    )
    return told % {
        "share": per_cent(rule.bands[-1]),
        "agree": _answers(scale, rule.agree_set),
        "disagree": _answers(scale, rule.disagree_set),
        "grades": listed(grades),
        "unanimous": unanimous,
    }


def _pairs(letters: Sequence[str], bands: Sequence[str]) -> list[dict[str, str]]:
    return [{"letter": letter, "share": per_cent(band)} for letter, band in zip(letters, bands, strict=True)]


def _answers(scale: Scale, chosen: Container[int]) -> str:
    return either([f"“{scale.labels[value - scale.lo]}”" for value in reversed(scale.values) if value in chosen])


@blueprint.app_context_processor
def marks() -> dict[str, Any]:
    """For every template: the amendments that came after data, and what its reader may do in a study."""
    return {
        "changed_after_data": lambda study: amendments.changed_after_data(current_session(), study),
        "may_in": lambda study: access.capabilities(current_session(), account(), study) if signed_in() else (),
    }


def _facts(study: Study) -> dict[str, Any]:
    """Collect what the protocol says, in words."""
    definition, declared = method.definition_of(study), groups.groups_of(current_session(), study)
    notes = back_translation.notes(current_session(), study)
    return {
        "study": study,
        "definition": definition,
        "described": definition.describe(),
        "groups": declared,
        "amendments": amendments.amendments_of(current_session(), study),
        "labels": _labels(),
        "languages": [Piece(offered().get(code, code), code) for code in languages_of(study)],
        "checks": {Piece(offered().get(code, code), code): note for code, note in notes.items()},
        "example": example_sent(definition, [group.key for group in declared] or [""], request.args),
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
        "levels": labels.level_labels(),
    }


@blueprint.route("/studies/<slug>/protocol/edit", methods=["GET", "POST"])
@policy(Capability.LEAD)
def edit(study: Study) -> Page:
    """Write the protocol; after its lock the same page makes an amendment."""
    form = (AmendmentForm if study.protocol_locked_at else ProtocolForm).of(study)
    settings = form.settings(study)
    if form.asks_to_save() and form.validate() and form.rule_works(settings):
        return _write(study, form, settings)
    return form_page(
        "protocol/edit.html",
        form,
        study=study,
        settings=form.rule_settings(settings),
        shown=form.shown(),
        answered=bool(study.protocol_locked_at) and progress.any_answer(current_session(), study.id),
        labels=_labels(),
    )


def _write(study: Study, form: ProtocolForm, settings: Mapping[str, str]) -> Response:
    session, wanted, by, at = current_session(), form.wanted(settings), account().id, clock.now()
    if isinstance(form, AmendmentForm):
        amendment = amendments.amend(session, study, wanted, reason=form.reason.data or "", by=by, at=at)
        message = _("Amendment %(number)s is written down.") % {"number": amendment.number}
    else:
        differences.change(session, study, wanted, by=by, at=at)
        message = _("The protocol is saved. It is not locked yet.")
    return done(message, "protocol.show", slug=study.slug)
