"""Amendments and decisions of an imported study: who made them has no account here.

Revision ID: 0002_elsewhere
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_elsewhere"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    for table in ("amendment", "decision"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("by", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """Go down; what nobody known here decided goes, since the older tables want an account."""
    for table in ("amendment", "decision"):
        op.execute(sa.text(f'DELETE FROM {table} WHERE "by" IS NULL'))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column("by", existing_type=sa.Integer(), nullable=False)
