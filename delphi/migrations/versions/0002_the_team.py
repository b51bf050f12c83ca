"""The team: letters that invite to it, and links with which a first password is chosen.

Revision 0002_team, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_team"
down_revision = "0001"
branch_labels = None
depends_on = None

DUE = sa.text("sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "account_invitation",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(token_sha256) = 64", name=op.f("ck_account_invitation_token_is_a_hash")),
        sa.ForeignKeyConstraint(
            ["account"], ["account.id"], name=op.f("fk_account_invitation_account_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_account_invitation")),
    )
    op.create_index(op.f("ix_account_invitation_account"), "account_invitation", ["account"])
    op.create_table(
        "team_letter",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (claimed_until IS NULL)", name=op.f("ck_team_letter_claim_has_lease")
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "account"],
            ["membership.study_id", "membership.account"],
            name=op.f("fk_team_letter_study_id_account_membership"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_team_letter_study_id_study")),
        sa.PrimaryKeyConstraint("study_id", "id", name=op.f("pk_team_letter")),
    )
    op.create_index("ix_team_letter_due", "team_letter", ["run_after"], sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    """Go down."""
    op.drop_index("ix_team_letter_due", "team_letter")
    op.drop_table("team_letter")
    op.drop_index(op.f("ix_account_invitation_account"), "account_invitation")
    op.drop_table("account_invitation")
