"""Comments as the panel may read them: no author, and no thread from one statement to the next (REPORTING 1.8, E10)."""

import random
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


def build(record: Record) -> Table:
    """Shuffle the comments of each statement, and number them anew; a group is named if enough of it spoke there."""
    spoke = Counter((r.statement, r.round, r.group) for r in record.comments)
    shuffled = list(record.comments)
    random.SystemRandom().shuffle(shuffled)
    places: Counter[tuple[str, int]] = Counter()
    rows = []
    for comment in sorted(shuffled, key=lambda r: (r.round, r.statement)):
        at = (comment.statement, comment.round)
        places[at] += 1
        named = spoke[(*at, comment.group)] >= record.study.smallest_cell
        rows.append(
            {
                "comment": f"{comment.statement}-r{comment.round}-{places[at]}",
                "statement": comment.statement,
                "version": comment.version,
                "round": comment.round,
                "kind": "comment",
                "text_released": comment.text,
                "action": comment.action,
                "group": comment.group if named else None,
            }
        )
    caption = f"{len(rows)} comments, in random order within each statement. No comment names its author."
    return Table("comments/1", "Comments", caption, COLUMNS, rows_of(COLUMNS, rows), split="round")
