"""The set-up of a study: the whole protocol, amendments, versions of the documents, rehearsals, archive.

Revision 0002_study_setup, after 0002_reasons.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002_study_setup"
down_revision = "0002_reasons"
branch_labels = None
depends_on = None

KINDS = (
    "study:created statements:imported panel:imported protocol:locked round:prepared round:launched round:extended "
    "round:closed round:released statement:reworded statement:merged statement:added statement:dropped "
    "comments:moderated export:made"
).split()
NEW_KINDS = (
    "study:changed study:archived study:restored study:deletion_asked study:deletion_undone protocol:changed "
    "protocol:amended statement:changed groups:changed document:published team:invited team:changed team:removed "
    "rehearsal:started rehearsal:wiped"
).split()

NEW_CHECKS = {
    "study": {
        "unsettled": "unsettled IN ('rate_again', 'revise', 'leave')",
        "rehearsal_is_simulated": "rehearsal_of IS NULL OR simulated",
    },
    "stakeholder_group": {"target_positive": "target >= 1"},
}
COLUMNS: dict[str, list[sa.Column[Any]]] = {
    "study": [
        sa.Column("unsettled", sa.String(length=40), nullable=False, server_default="rate_again"),
        sa.Column("stopping_rule", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("texts", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("asked_characteristics", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("rehearsal_of", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deletion_due_at", sa.DateTime(timezone=True), nullable=True),
    ],
    "stakeholder_group": [
        sa.Column("target", sa.Integer(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False, server_default="0"),
    ],
    "document": [
        sa.Column("consent", sa.Text(), nullable=False, server_default=""),
        sa.Column("material", sa.Boolean(), nullable=False, server_default="1"),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
    ],
    "statement_version": [sa.Column("evidence", sa.Text(), nullable=False, server_default="")],
}


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "amendment",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("answers_given", sa.Boolean(), nullable=False),
        sa.Column("results_seen", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_amendment_reason_present")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_amendment_sha256_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_amendment_number_positive")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_amendment_by_account")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_amendment_study_id_study")),
        sa.PrimaryKeyConstraint("study_id", "number", name=op.f("pk_amendment")),
    )
    for table, columns in COLUMNS.items():
        _widen(table, columns)
    _allow_kinds([*KINDS, *NEW_KINDS])


def downgrade() -> None:
    """Go down."""
    _allow_kinds(KINDS)
    for table, columns in COLUMNS.items():
        with op.batch_alter_table(table) as batch:
            for name in NEW_CHECKS.get(table, {}):
                batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            if table == "study":
                batch.drop_constraint(op.f("fk_study_rehearsal_of_study"), type_="foreignkey")
            for column in columns:
                batch.drop_column(column.name)
    op.drop_table("amendment")


def _widen(table: str, columns: Sequence[sa.Column[Any]]) -> None:
    """Add columns; what old rows need as a value is no default afterwards."""
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.add_column(column._copy())  # noqa: SLF001
    with op.batch_alter_table(table) as batch:
        for column in columns:
            if column.server_default is not None:
                batch.alter_column(column.name, existing_type=column.type, server_default=None)
        for name, sql in NEW_CHECKS.get(table, {}).items():
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), sql)
        if table == "study":
            batch.create_foreign_key(op.f("fk_study_rehearsal_of_study"), "study", ["rehearsal_of"], ["id"])


def _allow_kinds(kinds: Sequence[str]) -> None:
    """Change the list of event kinds."""
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("ck_event_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_event_kind"), f"kind IN ({', '.join(map(repr, kinds))})")
