"""Studies that came from a bundle.

Revision ID: 0002_studies_from_bundles
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_studies_from_bundles"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("actor_elsewhere", sa.Integer(), nullable=True))
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
    op.drop_table("study_import")
    op.drop_column("event", "actor_elsewhere")
