"""Pages of results beside the journal table: all statements, one statement, the panel. Small numbers are hidden on all."""

from flask import Blueprint, render_template, request

from delphi import access
from delphi.access import Capability
from delphi.consensus.shipped_scales import SCALES
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from delphi.web.policy import account, policy
from delphi.web.transaction import current_session
from exports.results import flow, overview
from exports.results.firmness import firmness_of
from exports.results.overview import StatementFilter
from exports.results.panel import panel_figures
from exports.results.reader import Reader
from exports.results.statement import numbers_by_code, statement_called, statement_results

blueprint = Blueprint("results", __name__, url_prefix="/studies/<slug>/results")


def _reader(study: Study) -> Reader:
    session = current_session()
    return Reader.of(session, study, access.capabilities(session, account(), study))


@blueprint.get("/statements")
@policy(Capability.READ)
def statements(study: Study) -> str:
    """Show all statements over all rounds, sorted and filtered by links."""
    reader = _reader(study)
    if not reader.rounds:
        return render_template("results/no_results.html", study=study, counting=reader.counting)
    lines = overview.lines_of(reader.rows_by_round())
    wanted = StatementFilter.read(request.args)
    definition = definition_of(study)
    return render_template(
        "results/statements.html",
        study=study,
        counting=reader.counting,
        rounds=reader.rounds,
        lines=overview.chosen(lines, wanted),
        total=len(lines),
        wanted=wanted,
        numbers=numbers_by_code(reader.session, study),
        sections=overview.sections_of(lines),
        kinds=overview.kinds_of(lines),
        scale=SCALES[study.scale],
        graded=definition.rule.has_grades,
        rule=definition.describe(),
    )


@blueprint.get("/statements/<int:statement>")
@policy(Capability.READ)
def statement(study: Study, statement: int) -> str:
    """Show one statement: its distribution, its way through the rounds, its groups, and how firm its verdict is."""
    reader = _reader(study)
    known = statement_called(reader.session, study, statement)
    results = statement_results(reader, known)
    if results is None:
        return render_template("results/no_results.html", study=study, counting=reader.counting)
    return render_template(
        "results/statement.html",
        study=study,
        statement=known,
        line=results.line,
        groups=results.groups,
        has_groups=results.has_groups,
        scale=SCALES[study.scale],
        definition=definition_of(study),
        firmness=firmness_of(reader.session, study, results.last, known.code) if reader.is_analyst else None,
        analyst=reader.is_analyst,
        story=results.story,
        voices=results.comments,
    )


@blueprint.get("/panel")
@policy(Capability.READ)
def panel(study: Study) -> str:
    """Show the panel: flow of statements and of participants, agreement over all statements, who left."""
    reader = _reader(study)
    if not reader.rounds:
        return render_template("results/no_results.html", study=study, counting=reader.counting)
    people = flow.people_flow(reader.session, study, reader.rounds)
    return render_template(
        "results/panel.html",
        study=study,
        counting=reader.counting,
        rounds=reader.rounds,
        people=people,
        steps=flow.statement_flow(reader.session, study, reader.rounds),
        figures=panel_figures(reader.session, study, reader.rounds, people) if reader.is_analyst else None,
    )
