"""Comments as the panel may read them: no author, and no thread from one statement to the next (REPORTING 1.8, E10)."""

from collections import Counter

from exports.record.record import Record
from exports.tables.table import Column, Table, rows_of

COLUMNS = (
    Column("comment", "text", "Comment"),
    Column("statement", "text", "No.", brief=True),
    Column("version", "int", "Version"),
    Column("round", "int", "Round", brief=True),
    Column("kind", "text", "Kind"),
    Column("text_released", "text", "Text", brief=True),
    Column("action", "text", "Released"),
    Column("group", "text", "Group"),
)
NOTE = "A group stands only where enough of its members, and enough others, commented on the statement."


def build(record: Record) -> Table:
    """Number the comments of each statement anew, in the order of their random tickets: the same whenever it is asked."""
    places: Counter[tuple[str, int]] = Counter()
    rows = []
    for comment in sorted(record.comments, key=lambda r: (r.round, r.statement)):
        at = (comment.statement, comment.round)
        places[at] += 1
        rows.append(
            {
                "comment": f"{comment.statement}-r{comment.round}-{places[at]}",
                "statement": comment.statement,
                "version": comment.version,
                "round": comment.round,
                "kind": "comment",
                "text_released": comment.text,
                "action": comment.action,
                "group": comment.group or None,
            }
        )
    caption = f"{len(rows)} comments, in random order within each statement. No comment names its author."
    return Table("comments/1", "Comments", caption, COLUMNS, rows_of(COLUMNS, rows), (NOTE,), split="round")
