"""Decisions of the next-round desk, edited comments, reminders by their due time, the end of a study.

Revision ID: 0002_running
Revises: 0002_reasons
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0002_running"
down_revision: str = "0002_study_setup"
branch_labels = None
depends_on = None

EVENTS_BEFORE = tuple(
    "study:created study:changed study:archived study:restored study:deletion_asked study:deletion_undone "
    "protocol:changed protocol:amended statement:changed groups:changed document:published team:invited team:changed "
    "team:removed rehearsal:started rehearsal:wiped statements:imported panel:imported protocol:locked round:prepared "
    "round:launched round:extended round:closed round:released statement:reworded statement:merged statement:added "
    "statement:dropped comments:moderated export:made".split()
)
EVENTS = (
    *EVENTS_BEFORE,
    "statement:split",
    "statements:decided",
    "decision:undone",
    "comment:read",
    "reminders:queued",
    "reminders:stopped",
    "study:finished",
)
LETTERS_BEFORE = ("invitation", "reminder")
LETTERS = (*LETTERS_BEFORE, "not_started", "unfinished", "extension")
PROPOSALS = ("settled_in", "settled_out", "rate_again", "revise", "reopen")
DECIDED = ("settled_in", "settled_out", "rate_again", "reopen", "reworded", "merged", "split", "dropped", "added")


def one_of(column: str, words: tuple[str, ...]) -> str:
    """SQL of a CHECK that a column holds one of these words."""
    return f"{column} IN ({', '.join(map(repr, words))})"


def shown(words: str) -> str:
    """SQL of the CHECK that a comment has a text for the panel exactly when it is shown."""
    return f"(released_text IS NOT NULL) = (moderation IS NOT NULL AND moderation {words})"


def recheck(table: str, checks: dict[str, str]) -> None:
    """Put other conditions in the place of these checks of a table."""
    with op.batch_alter_table(table) as batch_op:
        for name, condition in checks.items():
            batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "decision",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Integer(), nullable=False),
        sa.Column("proposal", sa.String(length=40), nullable=True),
        sa.Column("decided", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"proposal IS NULL OR {one_of('proposal', PROPOSALS)}", name=op.f("ck_decision_proposal")
        ),
        sa.CheckConstraint(one_of("decided", DECIDED), name=op.f("ck_decision_decided")),
        sa.CheckConstraint(
            "(proposal IS NOT NULL AND decided = proposal) OR length(reason) > 0",
            name=op.f("ck_decision_other_than_proposed_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "round"], ["round.study_id", "round.number"], name=op.f("fk_decision_study_id_round_round")
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "statement"],
            ["statement.study_id", "statement.number"],
            name=op.f("fk_decision_study_id_statement_statement"),
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_decision_study_id_study")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_decision_by_account")),
        sa.PrimaryKeyConstraint("study_id", "round", "statement", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("study") as batch_op:
        batch_op.add_column(sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("finish_reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("comment") as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("tags", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("letter") as batch_op:
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE letter SET due_at = run_after")
    with op.batch_alter_table("study") as batch_op:
        batch_op.alter_column("finish_reason", server_default=None)
    with op.batch_alter_table("comment") as batch_op:
        batch_op.alter_column("note", server_default=None)
        batch_op.alter_column("tags", server_default=None)
    with op.batch_alter_table("letter") as batch_op:
        batch_op.alter_column("due_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    recheck(
        "comment",
        {
            "moderation": f"moderation IS NULL OR {one_of('moderation', ('released', 'edited', 'held'))}",
            "released_has_text": shown("IN ('released', 'edited')"),
        },
    )
    recheck("letter", {"kind": one_of("kind", LETTERS)})
    recheck("event", {"kind": one_of("kind", EVENTS)})


def downgrade() -> None:
    """Go down; what the older code has no word for goes."""
    op.drop_table("decision")
    op.execute(f"DELETE FROM event WHERE NOT {one_of('kind', EVENTS_BEFORE)}")
    op.execute(f"DELETE FROM letter WHERE NOT {one_of('kind', LETTERS_BEFORE)}")
    op.execute("UPDATE comment SET moderation = 'released' WHERE moderation = 'edited'")
    recheck("event", {"kind": one_of("kind", EVENTS_BEFORE)})
    recheck("letter", {"kind": one_of("kind", LETTERS_BEFORE)})
    recheck(
        "comment",
        {
            "moderation": f"moderation IS NULL OR {one_of('moderation', ('released', 'held'))}",
            "released_has_text": shown("= 'released'"),
        },
    )
    with op.batch_alter_table("letter") as batch_op:
        batch_op.drop_column("due_at")
    with op.batch_alter_table("comment") as batch_op:
        batch_op.drop_column("tags")
        batch_op.drop_column("note")
    with op.batch_alter_table("study") as batch_op:
        batch_op.drop_column("finish_reason")
        batch_op.drop_column("finished_at")
