"""Rounds side by side on paper: what decided in each of them, and how it was decided."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from exports.record.record import Record
from exports.reports.designed.building import build
from exports.reports.designed.design import Design
from exports.reports.styles import style_of
from exports.reports.styles.deciding import bounds_of, rule_of_a_group
from exports.reports.styles.rand import CLASSIFICATIONS
from exports.tables.table import Table

NARROW = "Percentages are of those who rated a statement (N)."


def side_by_side(record: Record) -> Table:
    """Print a row a statement, with the columns of each round under its name."""
    columns = [column for round_ in record.rounds for column in _columns(record, round_.number)]
    if not columns:
        return build(record, Design.from_dict({"columns": [{"head": "N", "cell": "{n}"}]}))
    rand = style_of(record) == "rand"
    words = {verdict.value: word for verdict, word in CLASSIFICATIONS.items()} if rand else {}
    plain = {"row": "{code} {text}", "columns": columns, "words": words, "caption": NARROW}
    return replace(build(record, Design.from_dict(plain)), title="Consensus by statement, rounds side by side")


def _columns(record: Record, number: int) -> Iterator[dict[str, Any]]:
    """Columns of one round: how many rated, the figures on which the verdict rests, the verdict."""
    scale, rule = record.definition.scale, record.definition.rule
    bounds = bounds_of(rule_of_a_group(rule)) or {}
    cells = {"N": "{n}"}
    if style_of(record) in ("median", "rand") or "median" in bounds:
        cells["Median [Q1–Q3]"] = "{median} [{q1}–{q3}]"
    if style_of(record) != "rand":
        cells["Agree %"] = "{agree}"
    if scale.disagree in bounds:
        cells["Disagree %"] = "{disagree}"
    if style_of(record) == "rand":
        cells["Disagreement"] = "{disagreement}"
    cells |= {"Grade": "{grade}"} if rule.has_grades else {"Verdict": "{verdict}"}
    yield from (
        {"over": f"Round {number}", "head": head, "cell": cell, "round": number} for head, cell in cells.items()
    )
