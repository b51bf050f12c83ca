"""Pages of results beside the journal table: all statements, one statement, the panel. Small numbers are hidden on all."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import access
from delphi.access import Capability
from delphi.consensus.shipped_scales import SCALES
from delphi.errors import NotFound
from delphi.model.rating import SHOWN, Comment
from delphi.model.round import Round
from delphi.model.statement import Statement
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from exports.record import consensus
from exports.results import flow, overview
from exports.results.firmness import firmness_of
from exports.results.overview import Line, Wanted
from exports.results.pages.journal import visible_rounds
from exports.results.panel import panel_figures
from exports.tables.suppression import suppress
from rounds.results import rows as reading
from rounds.revision.decisions import decisions_of, edges_into

blueprint = Blueprint("results", __name__, url_prefix="/studies/<slug>/results")
Rows = dict[int, list[dict[str, Any]]]


def _study(slug: str) -> tuple[Session, Study, list[Round], bool]:
    session = current_session()
    study = access.study_for(session, account(), slug, to=Capability.READ)
    analyst = Capability.ANALYSE in access.capabilities(session, account(), study)
    return session, study, visible_rounds(session, study), analyst


def rows_by_round(session: Session, study: Study, rounds: Sequence[Round], *, analyst: bool) -> Rows:
    """Give the rows of these rounds as this reader may see them: small numbers in full only to who may analyse."""
    found: Rows = {}
    for round_ in rounds:
        rows = reading.page_rows(session, study, round_)
        key = ("public", reading.input_of(session, study, round_))
        found[round_.number] = rows if analyst else reading.remembered(session, key, partial(_public, study, rows))
    return found


def _public(study: Study, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    definition = definition_of(study)
    table = consensus.from_rows(rows, definition.as_dict() | {"id": definition.id})
    return [dict(row) for row in suppress(table, study.smallest_cell).as_dicts()]


@blueprint.get("/statements")
@policy(Capability.READ)
def statements(slug: str) -> str:
    """Show all statements over all rounds, sorted and filtered by links."""
    session, study, rounds, analyst = _study(slug)
    if not rounds:
        return render_template("results/no_results.html", study=study)
    lines = overview.lines_of(rows_by_round(session, study, rounds, analyst=analyst))
    wanted = Wanted(
        sort=request.args.get("sort", ""),
        down=request.args.get("order") == "down",
        **{name: request.args.get(name, "") for name in ("section", "kind", "verdict", "text")},
    )
    numbers = session.execute(select(Statement.code, Statement.number).filter_by(study_id=study.id))
    return render_template(
        "results/statements.html",
        study=study,
        rounds=rounds,
        lines=overview.chosen(lines, wanted),
        total=len(lines),
        wanted=wanted,
        numbers={row.code: row.number for row in numbers},
        sections=list(dict.fromkeys(line.last["section"] for line in lines if line.last["section"])),
        kinds=list(dict.fromkeys(line.last["kind"] for line in lines)),
        scale=SCALES[study.scale],
        graded=definition_of(study).rule.has_grades,
        rule=definition_of(study).describe(),
    )


@blueprint.get("/statements/<int:statement>")
@policy(Capability.READ)
def statement(slug: str, statement: int) -> str:
    """Show one statement: its distribution, its way through the rounds, its groups, and how firm its verdict is."""
    session, study, rounds, analyst = _study(slug)
    known = session.get(Statement, (study.id, statement)) if statement < access.LARGEST_NUMBER else None
    rows = rows_by_round(session, study, rounds, analyst=analyst)
    mine = {n: [row for row in found if known and row["statement"] == known.code] for n, found in rows.items()}
    mine = {n: found for n, found in mine.items() if found}
    if known is None:
        raise NotFound
    if not mine:
        return render_template("results/no_results.html", study=study)
    line = Line(known.code, {n: next(r for r in found if r["group"] == "all") for n, found in mine.items()})
    last = next(round_ for round_ in rounds if round_.number == max(mine))
    return render_template(
        "results/statement.html",
        study=study,
        statement=known,
        line=line,
        groups=[row for row in mine[last.number] if row["group"] != "all"],
        has_groups=len({row["group"] for found in rows.values() for row in found}) > 1,
        scale=SCALES[study.scale],
        definition=definition_of(study),
        firmness=firmness_of(session, study, last, statement) if analyst else None,
        analyst=analyst,
        story=_story(session, study, rounds, statement),
        voices=_voices(session, study, last, statement),
    )


def _story(session: Session, study: Study, rounds: Sequence[Round], statement: int) -> list[dict[str, Any]]:
    """Tell what was decided on a statement after each round that this reader may see."""
    codes = {s.number: s.code for s in session.scalars(select(Statement).filter_by(study_id=study.id))}
    told = []
    for round_ in rounds:
        decision = decisions_of(session, study.id, round_.number + 1).get(statement)
        edges = edges_into(session, study.id, round_.number + 1)
        into = [codes[e.to_statement] for e in edges if e.from_statement == statement != e.to_statement]
        origin = [codes[e.from_statement] for e in edges if e.to_statement == statement != e.from_statement]
        if decision or origin:
            told.append({"round": round_.number, "decision": decision, "into": into, "origin": origin})
    return told


def _voices(session: Session, study: Study, round_: Round, statement: int) -> list[str]:
    """Give the comments that the panel may read."""
    if round_.released_at is None:
        return []
    shown = (
        select(Comment.released_text)
        .filter_by(study_id=study.id, round=round_.number, statement=statement)
        .where(Comment.moderation.in_(SHOWN))
    )
    return [text for text in session.scalars(shown.order_by(Comment.ticket)) if text]


@blueprint.get("/panel")
@policy(Capability.READ)
def panel(slug: str) -> str:
    """Show the panel: flow of statements and of participants, agreement over all statements, who left."""
    session, study, rounds, analyst = _study(slug)
    if not rounds:
        return render_template("results/no_results.html", study=study)
    return render_template(
        "results/panel.html",
        study=study,
        rounds=rounds,
        people=_people(session, study, rounds),
        steps=flow.statement_flow(session, study, rounds),
        figures=panel_figures(session, study, rounds) if analyst else None,
    )


def _people(session: Session, study: Study, rounds: Sequence[Round]) -> list[flow.PeopleStep]:
    key = ("people", *(reading.input_of(session, study, round_) for round_ in rounds))
    return reading.remembered(session, key, lambda: flow.people_flow(session, study, rounds))
