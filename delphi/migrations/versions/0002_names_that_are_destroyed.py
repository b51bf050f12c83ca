"""names that are destroyed.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

KINDS = (
    'study:created', 'study:changed', 'study:archived', 'study:restored', 'study:deletion_asked',
    'study:deletion_undone', 'protocol:changed', 'protocol:amended', 'statement:changed', 'groups:changed',
    'document:published', 'team:invited', 'team:changed', 'team:removed', 'rehearsal:started', 'rehearsal:wiped',
    'statements:imported', 'panel:imported', 'protocol:locked', 'round:prepared', 'round:launched', 'round:extended',
    'round:closed', 'round:released', 'statement:reworded', 'statement:merged', 'statement:added',
    'statement:dropped', 'statement:split', 'statements:decided', 'decision:undone', 'comments:moderated',
    'comment:read', 'reminders:queued', 'reminders:stopped', 'study:finished',
)  # fmt: skip
LATER_KINDS = ('proposals:decided', 'panelist:withdrew', 'panelist:corrected', 'export:made')
NEW_KIND = 'names:destroyed'


def event(kinds: tuple[str, ...]) -> sa.Table:
    """The table of events as it was: SQLite makes it anew, and reflects no checks."""
    return sa.Table(
        'event', sa.MetaData(),
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor', sa.Integer(), nullable=True),
        sa.Column('actor_elsewhere', sa.Integer(), nullable=True),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('data', sa.JSON(), nullable=False),
        sa.Column('previous_hash', sa.String(length=64), nullable=False),
        sa.Column('hash', sa.String(length=64), nullable=False),
        sa.CheckConstraint(one_of(kinds), name=op.f('ck_event_kind')),
        sa.CheckConstraint('length(hash) = 64 AND length(previous_hash) = 64', name=op.f('ck_event_hash_length')),
        sa.CheckConstraint('sequence >= 1', name=op.f('ck_event_sequence_positive')),
        sa.ForeignKeyConstraint(['actor'], ['account.id'], name=op.f('fk_event_actor_account')),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_event_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'sequence', name=op.f('pk_event')),
    )  # fmt: skip


def one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


def change_kinds(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    with op.batch_alter_table('event', copy_from=event(before)) as batch_op:
        batch_op.drop_constraint(op.f('ck_event_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_event_kind'), one_of(after))


def add_column(name: str, kind: sa.Integer | sa.DateTime, check: str, condition: str) -> None:
    """Add a column with its check, which SQLite takes without making the table anew."""
    words = kind.compile(op.get_bind().dialect)
    op.execute(f'ALTER TABLE study ADD COLUMN {name} {words} CONSTRAINT {check} CHECK ({condition})')


def upgrade() -> None:
    """Go up."""
    add_column('names_kept_days', sa.Integer(), 'ck_study_names_kept_days_positive', 'names_kept_days >= 1')
    add_column(
        'names_destroyed_at', sa.DateTime(timezone=True),
        'ck_study_names_go_after_the_finish', 'names_destroyed_at IS NULL OR finished_at IS NOT NULL',
    )  # fmt: skip
    # Whoever agreed before was told no day: there the names go when an owner decides it.
    op.execute('UPDATE study SET names_kept_days = 30 WHERE protocol_locked_at IS NULL')
    change_kinds((*KINDS, *LATER_KINDS), (*KINDS, NEW_KIND, *LATER_KINDS))


    op.create_table(
        'receipt',
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('letter', sa.Uuid(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ['study_id', 'letter'], ['letter.study_id', 'letter.id'],
            name=op.f('fk_receipt_study_id_letter_letter'), ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_receipt_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'letter', name=op.f('pk_receipt')),
    )  # fmt: skip
    # Whose receipt still waits is forgotten now, as everybody who withdraws from here on.
    op.execute(
        'INSERT INTO receipt (study_id, letter, name, email) SELECT letter.study_id, letter.id, name, email FROM letter'
        ' JOIN identity ON identity.study_id = letter.study_id AND identity.panelist = letter.panelist'
        " WHERE kind = 'withdrawal' AND sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL"
    )
    for table in ('declaration', 'identity'):
        op.execute(
            f'DELETE FROM {table} WHERE EXISTS (SELECT 1 FROM panelist WHERE panelist.study_id = {table}.study_id'
            f' AND panelist.id = {table}.panelist AND panelist.withdrawn_on IS NOT NULL)'
        )


def downgrade() -> None:
    """Go down; the trail loses nothing, so it is refused where names were destroyed."""
    op.drop_table('receipt')
    change_kinds((*KINDS, NEW_KIND, *LATER_KINDS), (*KINDS, *LATER_KINDS))
    op.drop_column('study', 'names_destroyed_at')
    op.drop_column('study', 'names_kept_days')
