"""Statements and lineage: every change of the questionnaire, with its reason (REPORTING 1.4)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from delphi.consensus.vocabulary import Change
from exports.record.facts import LineageEdge
from exports.record.record import Record
from exports.tables.table import Column, Table, rows_of

COLUMNS = (
    Column("change_id", "text", "Change"),
    Column("round_after", "int", "Into round", brief=True),
    Column("from_ids", "text", "From", brief=True),
    Column("from_versions", "text", "Versions before"),
    Column("to_ids", "text", "To", brief=True),
    Column("to_versions", "text", "Versions after"),
    Column("kind", "text", "Kind", brief=True),
    Column("meaning_changed", "bool", "Meaning changed"),
    Column("reason", "text", "Reason", brief=True),
    Column("linked_comments_n", "int", "Comments on it"),
    Column("text_before", "text", "Wording before"),
    Column("text_after", "text", "Wording after"),
)


def build(record: Record) -> Table:
    """Build the table; a merger is one row, and so is a split."""
    rows = list(_rows(record))
    caption = (
        f"{len(rows)} changes over {max((edge.round for edge in record.edges), default=1)} rounds, with their reasons."
    )
    return Table("lineage/1", "Changes to statements", caption, COLUMNS, rows_of(COLUMNS, rows))


def _rows(record: Record) -> Iterator[dict[str, Any]]:
    seen: dict[int, int] = {}
    comments = [(comment.statement, comment.round) for comment in record.comments]
    for _, members in groupby(record.edges, _key):
        edges = list(members)
        number = edges[0].round
        seen[number] = seen.get(number, 0) + 1
        linked = sum(c == (e.before, number - 1) for e in _distinct(edges) for c in comments)
        yield _row(edges) | {"change_id": f"r{number}.{seen[number]}", "linked_comments_n": linked}


def _distinct(edges: Sequence[LineageEdge]) -> list[LineageEdge]:
    return list({edge.before: edge for edge in edges}.values())


def _key(edge: LineageEdge) -> tuple[Any, ...]:
    """Edges of one change: those into a merged statement, those out of a split one."""
    end = (
        edge.after
        if edge.change == Change.MERGED
        else edge.before
        if edge.change == Change.SPLIT
        else (edge.before, edge.after)
    )
    return (edge.round, edge.change, end)


def _row(edges: Sequence[LineageEdge]) -> dict[str, Any]:
    before = list(dict.fromkeys((e.before, e.before_version, e.text_before) for e in edges if e.before_version))
    after = list(dict.fromkeys((e.after, e.after_version, e.text_after) for e in edges if e.after_version))
    first = edges[0]
    return {
        "round_after": first.round,
        "kind": first.change,
        "meaning_changed": None if first.change in (Change.ADDED, Change.DROPPED) else not first.same_meaning,
        "reason": first.reason,
        "from_ids": ";".join(str(code) for code, _, _ in before),
        "from_versions": ";".join(str(version) for _, version, _ in before),
        "to_ids": ";".join(str(code) for code, _, _ in after),
        "to_versions": ";".join(str(version) for _, version, _ in after),
        "text_before": "\n".join(text for _, _, text in before),
        "text_after": "\n".join(text for _, _, text in after),
    }
