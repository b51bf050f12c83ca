"""reasons for a change of answer.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_reasons"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "change_reason",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("statement", sa.Integer(), nullable=False),
        sa.Column("panelist", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_change_reason_version_positive")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_change_reason_study_id_study")),
        sa.ForeignKeyConstraint(
            ["study_id", "round", "panelist"],
            ["participation.study_id", "participation.round", "participation.panelist"],
            name=op.f("fk_change_reason_study_id_round_panelist_participation"),
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "round", "statement"],
            ["questionnaire_item.study_id", "questionnaire_item.round", "questionnaire_item.statement"],
            name=op.f("fk_change_reason_study_id_round_statement_questionnaire_item"),
        ),
        sa.PrimaryKeyConstraint("study_id", "round", "statement", "panelist", name=op.f("pk_change_reason")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("change_reason")
