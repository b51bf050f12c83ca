"""The open round, and proposing a statement in a rating round: a growing list, edited and removed until the close."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from delphi import clock
from delphi.model.round import Participation, Round, latest_round
from delphi.model.statement import Statement
from delphi.web.forms import ButtonForm
from delphi.web.language import gettext as _
from delphi.web.policy import PANELIST, panelist, policy
from delphi.web.transaction import current_session
from rounds.participation import consent, taking_part
from rounds.participation.taking_part import Key
from rounds.questionnaire import ballot, suggesting
from rounds.questionnaire.suggesting import Written

blueprint = Blueprint("suggesting", __name__)
LONGEST = 2000
PARTS = ("text", "reason", "source")
Page = Response | str | tuple[str, int]


@dataclass(slots=True)
class Sent:
    """What a page of own statements sent, with messages for what cannot be kept."""

    written: list[Written] = field(default_factory=list)
    removed: list[UUID] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


@blueprint.route("/panel/statements", methods=["GET", "POST"])
@policy(PANELIST)
def show() -> Page:
    """Show the own statements, and save what is written."""
    seat = _seat()
    if seat is None:
        return redirect(url_for("home.show"), 303)
    round_, key = seat
    if not ButtonForm().validate_on_submit():
        return _page(round_, key)
    study, _who = panelist()
    sent = read(request.form, sections=_sections())
    conflicts = suggesting.write(current_session(), study, key, sent.written, sent.removed)
    if sent.errors or conflicts:
        return _page(round_, key, sent, conflicts)
    if request.form.get("go") == "more":
        return redirect(url_for("suggesting.show", _anchor="new"), 303)
    if round_.number == 0 and request.form.get("go") == "done":
        ballot.submit(current_session(), key, on=clock.now().date())
    flash(_("Saved. You can change it until the round closes."))
    return redirect(url_for("home.show"), 303)


def _seat() -> tuple[Round, Key] | None:
    """Give the round in which this panelist may write, and the key of the participation; None leads home."""
    study, who = panelist()
    db = current_session()
    round_ = latest_round(db, study)
    if round_ is None or not who.taking_part or not suggesting.may_write(study, round_):
        return None
    if consent.missing(db, study, who) or db.get(Participation, (study.id, round_.number, who.id)) is None:
        return None
    if not round_.accepts(at=clock.now()):
        raise taking_part.closed(round_)
    return round_, (study.id, round_.number, who.id)


def _sections() -> list[str]:
    """List the sections a statement can be put into."""
    study, _who = panelist()
    named = select(Statement.section).where(Statement.study_id == study.id, Statement.section != "")
    return list(dict.fromkeys(current_session().scalars(named.order_by(Statement.number))))


def _page(round_: Round, key: Key, sent: Sent | None = None, conflicts: list[UUID] | None = None) -> str:
    return render_template(
        "questionnaire/suggestions.html",
        study=panelist()[0],
        round=round_,
        sections=_sections(),
        own=suggesting.mine(current_session(), key),
        errors=sent.errors if sent else {},
        unsaved=list(dict.fromkeys(name.partition("-")[2] for name in sent.errors)) if sent else [],
        conflicts=conflicts or [],
        new=uuid4(),
        form=request.form,
    )


def read(form: Mapping[str, str], *, sections: list[str]) -> Sent:
    """Read a page: what is too long is named and left as it was, and everything else is kept."""
    sent = Sent()
    for name in form:
        kind, _sign, text = name.partition("-")
        if kind != "text" or (id_ := _uuid(text)) is None:
            continue
        seen = form.get(f"seen-{id_}", "")
        if form.get(f"remove-{id_}"):
            sent.removed.append(id_)
            continue
        parts = {part: _clean(form.get(f"{part}-{id_}", "")) for part in PARTS}
        section = form.get(f"section-{id_}", "")
        one = Written(
            id_, **parts, section=section if section in sections else "", seen=int(seen) if _digits(seen) else 0
        )
        if long := [part for part in PARTS if len(parts[part]) > LONGEST]:
            sent.errors[f"{long[0]}-{id_}"] = _(
                "This is longer than 2,000 characters and was not saved. It is still here; please shorten it."
            )
        elif one.text:
            sent.written.append(one)
        elif one.seen or one.reason or one.source:
            sent.errors[f"text-{id_}"] = _(
                "Write the statement itself, or remove it. The rest of this entry was not saved."
            )
    return sent


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
