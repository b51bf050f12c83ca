"""Participants and response: per round, for all and per group (REPORTING 1.5). Every percentage names its base."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from delphi.consensus.table.result_row import EVERYBODY, write_reasons
from exports.record.facts import Response, RoundFacts
from exports.record.record import Record
from exports.record.unproved import Why
from exports.tables.table import Column, Table, rows_of

COLUMNS = (
    Column("round", "int", "Round", brief=True),
    Column("group", "text", "Group", brief=True),
    Column("invited", "int", "Invited", 0, "invited", brief=True),
    Column("sent", "int", "Sent", 0, "invited"),
    Column("bounced", "int", "Returned", 0, "invited"),
    Column("declined", "int", "Declined", 0, "invited"),
    Column("consented", "int", "Consented", 0, "invited"),
    Column("started", "int", "Started", 0, "invited", brief=True),
    Column("partial", "int", "Partial", 0, "invited"),
    Column("complete", "int", "Complete", 0, "invited", brief=True),
    Column("analysed", "int", "Analysed", 0, "invited", brief=True),
    Column("retained_from_previous", "int", "Answered in the round before, too", 0, "invited"),
    Column("new_entrants", "int", "Not in the round before", 0, "invited"),
    Column("response_pct", "percent", "Complete, % of invited", 0, "invited", brief=True),
    Column("start_pct", "percent", "Started, % of invited", 0, "invited"),
    Column("retention_pct", "percent", "Answered again, % of the round before", 0, "invited"),
    Column("opened_on", "text", "Opened"),
    Column("closed_on", "text", "Closed"),
    Column("days_open", "int", "Days open"),
    Column("days_to_next", "int", "Days to the next round"),
    Column("extensions", "int", "Extensions"),
    Column("reminders", "int", "Reminders sent"),
    Column("reasons", "text", "Why cells are empty"),
)
OTHERS = "all others"  # everybody who is in no group that the round shows; no group is called so
NOTE = "Nothing says who opened a letter: mail is not tracked. Analysed: panelists with at least one saved answer."


def build(record: Record) -> Table:
    """Build the table."""
    rows = [row for round_ in record.rounds for row in _round(record, round_)]
    caption = f"{len(record.rounds)} rounds. Percentages name their base in the head."
    return Table(
        "participation/1",
        "Participants and response",
        caption,
        COLUMNS,
        rows_of(COLUMNS, rows),
        (NOTE,),
        people="invited",
    )


def _round(record: Record, round_: RoundFacts) -> list[dict[str, Any]]:
    here = [one for one in record.responses if one.round == round_.number]
    facts = _times(record, round_)
    return [_counted(one) | facts | {"round": round_.number, "group": one.people or OTHERS} for one in here]


def _counted(one: Response) -> dict[str, Any]:
    before = None if one.stayed is None or one.left is None else one.stayed + one.left
    counts = {
        "invited": one.invited,
        "sent": one.sent,
        "bounced": one.bounced,
        "declined": one.declined,
        "consented": one.consented,
        "started": one.started,
        "partial": None if one.complete is None else one.started - one.complete,
        "complete": one.complete,
        "analysed": one.started,
        "retained_from_previous": one.stayed,
        "new_entrants": one.joined,
        "response_pct": None if one.complete is None else _percent(one.complete, one.invited),
        "start_pct": _percent(one.started, one.invited),
        "retention_pct": None if before is None or one.stayed is None else _percent(one.stayed, before),
    }
    why = "not_in_round" if before is None else "no_ratings"
    reasons = {name: why for name, value in counts.items() if value is None}
    if one.complete is None:
        reasons |= dict.fromkeys(("partial", "complete", "response_pct"), Why.NOT_IN_FILE.value)
    return counts | {"reasons": write_reasons(reasons)}


def _percent(k: int, n: int) -> float | None:
    return 100 * k / n if n else None


def _times(record: Record, round_: RoundFacts) -> dict[str, Any]:
    closed = round_.closed_on
    later = next((r.opened_on for r in record.rounds if r.number == round_.number + 1), None)
    return {
        "opened_on": str(round_.opened_on or ""),
        "closed_on": str(closed or ""),
        "days_open": (closed - round_.opened_on).days if closed and round_.opened_on else None,
        "days_to_next": (later - closed).days if closed and later else None,
        "extensions": round_.extensions,
        "reminders": round_.reminders,
    }


FACTS = ("opened_on", "closed_on", "days_open", "days_to_next", "extensions", "reminders")
RARE = ("sent", "bounced", "declined", "consented", "new_entrants", "retained_from_previous", "retention_pct")
PART = Column("part", "text", "Round")


def page(record: Record) -> Table:
    """Print the groups of each round under a line that says when it ran; nobody and nothing to be said fills no column."""
    whole = build(record)
    rows = [row | {"part": _ran(row)} for row in whole.as_dicts()]
    for row, before in zip(rows[1:], rows, strict=False):
        row["part"] = row["part"] or before["part"]
    filled = [name for name in RARE if any(row[name] for row in rows)]
    columns = [c for c in COLUMNS if c.name not in (*FACTS, *RARE) or c.name in filled]
    none = [
        c.label.lower() for c in COLUMNS if c.name in ("bounced", "declined", "new_entrants") and c.name not in filled
    ]
    notes = (NOTE, *([f"Nobody: {', '.join(none)}."] if none else []))
    return replace(
        whole,
        columns=(PART, *columns),
        rows=rows_of((PART, *columns), rows),
        notes=notes,
        breaks=("part",),
        unprinted=("round", "reasons"),  # what is hidden depends on the round, so it stays in the table
    )


def _ran(row: Mapping[str, Any]) -> str:
    """Say when a round ran, in its first row."""
    if row["group"] != EVERYBODY:
        return ""
    words = [f"Round {row['round']}"]
    words += [f"{row['opened_on']} to {row['closed_on']}"] if row["opened_on"] and row["closed_on"] else []
    for name, singular, plural in (("days_open", "day", "days"), ("extensions", "extension", "extensions")):
        words += [f"{row[name]} {singular if row[name] == 1 else plural}"] if row[name] else []
    sent = row["reminders"]
    return ", ".join([*words, *([f"{sent} reminder{'' if sent == 1 else 's'}"] if sent else [])])


PRINTED = ("round", "invited", "started", "complete", "analysed", "response_pct", "opened_on", "closed_on", "reasons")


def printed(record: Record) -> Table:
    """Print what a manuscript needs, for the whole panel."""
    whole = build(record)
    columns = tuple(column for column in COLUMNS if column.name in PRINTED)
    rows = [row for row in whole.as_dicts() if row["group"] == EVERYBODY]
    return replace(whole, columns=columns, rows=rows_of(columns, rows), notes=(NOTE,))
