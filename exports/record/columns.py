"""Columns of the consensus table, in the order of REPORTING 1.2, and from how many ratings each may be shown."""

from dataclasses import replace

from delphi.consensus.analysis import Definition
from delphi.consensus.scale import Scale
from delphi.consensus.table.result_row import count_name
from exports.tables.table import Column, Table, rows_of

ALWAYS, SHARES, QUARTILES, POINTS = None, 0, 8, 10  # fewer ratings, and the figures are the ratings (METHOD 12.4)


def consensus_columns(scale: Scale) -> tuple[Column, ...]:
    """Name every column for a scale."""
    options = list(zip(scale.values, scale.labels, strict=True))
    return (
        Column("statement", "text", "Statement", brief=True),
        Column("version", "int", "Version"),
        Column("kind", "text", "Kind"),
        Column("section_no", "int", "Section number"),
        Column("section", "text", "Section"),
        Column("text", "text", "Wording"),
        Column("round", "int", "Round", brief=True),
        Column("group", "text", "Group", brief=True),
        Column("n_invited", "int", "Invited"),
        Column("n_shown", "int", "Shown to", SHARES),
        Column("n_rated", "int", "Rated", SHARES, brief=True),
        Column("n_nq", "int", scale.opt_out or "Not qualified", SHARES, brief=True),
        Column("n_blank", "int", "No answer", SHARES),
        Column("nq_pct", "percent", f"{scale.opt_out or 'Not qualified'} %", SHARES),
        *(Column(count_name(value), "int", f"{label} (number)", POINTS) for value, label in options),
        *(Column(f"pct_{value}", "percent", f"{label} %", POINTS) for value, label in options),
        *SHARE_COLUMNS,
        *CENTRE_COLUMNS,
        *VERDICT_COLUMNS,
        *CHANGE_COLUMNS,
        *CLOSING_COLUMNS,
    )


SHARE_COLUMNS = (
    Column("agree_k", "int", "Agree (number)", POINTS),
    Column("agree_pct", "percent", "Agree %", POINTS),
    Column("combined_k", "int", "Combined agreement (number)", SHARES),
    Column("combined_pct", "percent", "Combined agreement %", SHARES, brief=True),
    Column("combined_pct_nq_in", "percent", "Combined agreement %, opt-outs in the base", SHARES),
    Column("disagree_k", "int", "Disagree (number)", SHARES),
    Column("disagree_pct", "percent", "Disagree %", SHARES),
    Column("neutral_k", "int", "Neutral (number)", SHARES),
    Column("neutral_pct", "percent", "Neutral %", SHARES),
    Column("ci_low", "percent", "Combined agreement %, lower bound", SHARES),
    Column("ci_high", "percent", "Combined agreement %, upper bound", SHARES),
    Column("ci_method", "text", "Interval"),
)
CENTRE_COLUMNS = (
    Column("median", "float", "Median", QUARTILES, brief=True),
    Column("q1", "float", "Lower quartile", QUARTILES),
    Column("q3", "float", "Upper quartile", QUARTILES),
    Column("iqr", "float", "Interquartile range", QUARTILES, brief=True),
    Column("mean", "float", "Mean (scale codes treated as numbers)", POINTS),
    Column("sd", "float", "SD (scale codes treated as numbers)", POINTS),
    Column("mode", "text", "Mode", POINTS, brief=True),
    Column("iqr_consensus", "bool", "Interquartile range within bound", QUARTILES),
)
VERDICT_COLUMNS = (
    Column("verdict", "text", "Verdict", SHARES, brief=True),
    Column("grade", "text", "Grade", SHARES, brief=True),
    Column("verdict_basis", "text", "Basis of the verdict", QUARTILES),
    Column("group_rule", "text", "Groups that decided", SHARES),
    Column("di", "float", "Disagreement index", POINTS),
    Column("ipras", "float", "IPRAS", POINTS),
    Column("disagreement", "bool", "Disagreement (RAND/UCLA)", SHARES),
)
CHANGE_COLUMNS = (
    Column("previous_round", "int", "Compared with round"),
    Column("relation", "text", "Relation to that round"),
    Column("n_paired", "int", "Rated in both", SHARES, "n_paired"),
    Column("changed_pct", "percent", "Changed %", SHARES, "n_paired", brief=True),
    Column("delta_combined_pp", "float", "Change of combined agreement (points), all who rated", SHARES),
    Column("delta_median", "float", "Change of median, all who rated", QUARTILES),
    Column("changed_band", "text", "Changed, in a band of %", SHARES),
    Column("stable", "text", "Stability", SHARES),
)
CLOSING_COLUMNS = (
    Column("flags", "text", "Flags", SHARES),
    Column("decision", "text", "Decision"),
    Column("decision_reason", "text", "Reason of the decision"),
    Column("rule_id", "text", "Rule"),
    Column("reasons", "text", "Why cells are empty"),
)

STANDING = (Column("part", "text", "Round"), Column("heading", "text", "Statement"))
COMPARED = ("statement", "text", "round", "group", "n_rated", "combined_pct", "median", "iqr", "verdict")


def with_groups(table: Table) -> Table:
    """Keep of a consensus table by group what a comparison of groups needs."""
    known = {column.name for column in consensus_columns(Definition.from_dict(table.definition).scale)}
    kept = [i for i, name in enumerate(table.names) if name in COMPARED or name not in known or name == "reasons"]
    return replace(
        table,
        schema="groups/1",
        title="Groups compared",
        columns=tuple(table.columns[i] for i in kept),
        rows=tuple(tuple(row[i] for i in kept) for row in table.rows),
        split="round",
    )


def by_statement(table: Table) -> Table:
    """Print a comparison of groups statement by statement: its wording stands once, above its groups."""
    columns = (*STANDING, *table.columns)
    rows = [
        row | {"part": f"Round {row['round']}", "heading": f"{row['statement']} {row['text']}"}
        for row in table.as_dicts()
    ]
    return replace(
        table,
        columns=columns,
        rows=rows_of(columns, rows),
        breaks=("part", "heading"),
        unprinted=("statement", "text", "round", "reasons"),
    )
