"""Studies that came from a bundle.

Revision ID: 0002_studies_from_bundles
Revises: 0002_running
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_studies_from_bundles"
down_revision = "0002_running"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up; who amended or decided may be unknown here."""
    op.add_column("event", sa.Column("actor_elsewhere", sa.Integer(), nullable=True))
    for table in ("amendment", "decision"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("by", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "study_import",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bundle_sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(bundle_sha256) = 64", name=op.f("ck_study_import_bundle_sha256_length")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_import_study_id_study")),
        sa.PrimaryKeyConstraint("study_id", name=op.f("pk_study_import")),
    )


def downgrade() -> None:
    """Go down; what an unknown person decided goes, since the older tables want a name."""
    for table in ("amendment", "decision"):
        op.execute(sa.text(f'DELETE FROM {table} WHERE "by" IS NULL'))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("by", existing_type=sa.Integer(), nullable=False)
    op.drop_table("study_import")
    op.drop_column("event", "actor_elsewhere")
