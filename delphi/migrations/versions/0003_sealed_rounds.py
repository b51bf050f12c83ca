"""sealed rounds.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

KINDS = (
    'study:created', 'study:changed', 'study:archived', 'study:restored', 'study:deletion_asked',
    'study:deletion_undone', 'protocol:changed', 'protocol:amended', 'statement:changed', 'groups:changed',
    'document:published', 'team:invited', 'team:changed', 'team:removed', 'rehearsal:started', 'rehearsal:wiped',
    'statements:imported', 'panel:imported', 'protocol:locked', 'round:prepared', 'round:launched', 'round:extended',
    'round:closed', 'round:released', 'statement:reworded', 'statement:merged', 'statement:added',
    'statement:dropped', 'statement:split', 'statements:decided', 'decision:undone', 'comments:moderated',
    'comment:read', 'reminders:queued', 'reminders:stopped', 'study:finished', 'names:destroyed',
    'proposals:decided', 'panelist:withdrew', 'panelist:corrected', 'export:made',
)  # fmt: skip
NEW_KINDS = (
    'study:created', 'study:changed', 'study:archived', 'study:restored', 'study:deletion_asked',
    'study:deletion_undone', 'protocol:changed', 'protocol:amended', 'statement:changed', 'groups:changed',
    'document:published', 'team:invited', 'team:changed', 'team:confirmed', 'team:removed', 'rehearsal:started',
    'rehearsal:wiped', 'statements:imported', 'panel:imported', 'protocol:locked', 'round:prepared', 'round:launched',
    'round:extended', 'round:closed', 'round:sealed', 'round:released', 'statement:reworded', 'statement:merged',
    'statement:added', 'statement:dropped', 'statement:split', 'statements:decided', 'decision:undone',
    'comments:moderated', 'comment:read', 'reminders:queued', 'reminders:stopped', 'study:finished',
    'names:destroyed', 'rows:published', 'panel:described', 'figures:sealed', 'proposals:decided', 'panelist:withdrew',
    'panelist:corrected', 'panelist:invited', 'panelist:removed', 'link:handed', 'link:mailed', 'link:ended',
    'verdicts:amended', 'texts:translated', 'letters:changed', 'letters:queued', 'reminders:planned', 'export:made',
)  # fmt: skip
LETTERS = (
    'invitation', 'reminder', 'not_started', 'unfinished', 'extension', 'link', 'consent', 'withdrawal',
)  # fmt: skip
NEW_LETTERS = (
    *LETTERS, 'address_changed', 'statistician', 'closing_early', 'information', 'news', 'results', 'thanks', 'finished',
    'acknowledgement',
)  # fmt: skip
TEAM_LETTERS = ('team', 'round_closed', 'response_alarm', 'bounce', 'test')
PERSONAL, NEW_PERSONAL = (
    ('link', 'consent', 'withdrawal'),
    ('link', 'consent', 'withdrawal', 'address_changed', 'statistician', 'information', 'finished', 'acknowledgement'),
)
ROLES = ('owner', 'analyst', 'panel_manager', 'viewer')
NEW_ROLES = (*ROLES, 'statistician', 'moderator', 'translator')
LEVELS = "level IN ('sealed', 'separated', 'open_rows')"
RUNNING = sa.text('opened_at IS NOT NULL AND closed_at IS NULL')
DUE = sa.text('sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL')


def one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def of_kind(words: tuple[str, ...]) -> str:
    return f"(round IS NULL) = (kind IN ({', '.join(repr(word) for word in words)}))"


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
        sa.CheckConstraint(one_of('kind', kinds), name=op.f('ck_event_kind')),
        sa.CheckConstraint('length(hash) = 64 AND length(previous_hash) = 64', name=op.f('ck_event_hash_length')),
        sa.CheckConstraint('sequence >= 1', name=op.f('ck_event_sequence_positive')),
        sa.ForeignKeyConstraint(['actor'], ['account.id'], name=op.f('fk_event_actor_account')),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_event_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'sequence', name=op.f('pk_event')),
    )  # fmt: skip


def letter(kinds: tuple[str, ...], personal: tuple[str, ...]) -> sa.Table:
    """The outbox as it was."""
    return sa.Table(
        'letter', sa.MetaData(),
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('round', sa.Integer(), nullable=True),
        sa.Column('panelist', sa.Uuid(), nullable=False),
        sa.Column('dedupe_key', sa.String(length=200), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('run_after', sa.DateTime(timezone=True), nullable=False),
        sa.Column('claimed_by', sa.String(length=64), nullable=True),
        sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(of_kind(personal), name=op.f('ck_letter_round_of_kind')),
        sa.CheckConstraint(one_of('kind', kinds), name=op.f('ck_letter_kind')),
        sa.CheckConstraint('(CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END) + (CASE WHEN failed_at IS NULL THEN 0 ELSE 1 END) + (CASE WHEN dropped_at IS NULL THEN 0 ELSE 1 END) <= 1', name=op.f('ck_letter_one_ending')),
        sa.CheckConstraint('(claimed_by IS NULL) = (claimed_until IS NULL)', name=op.f('ck_letter_claim_has_lease')),
        sa.ForeignKeyConstraint(['study_id', 'panelist'], ['panelist.study_id', 'panelist.id'], name=op.f('fk_letter_study_id_panelist_panelist')),
        sa.ForeignKeyConstraint(['study_id', 'round', 'panelist'], ['participation.study_id', 'participation.round', 'participation.panelist'], name=op.f('fk_letter_study_id_round_panelist_participation')),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_letter_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'id', name=op.f('pk_letter')),
        sa.UniqueConstraint('study_id', 'dedupe_key', name=op.f('uq_letter_study_id_dedupe_key')),
        sa.Index('ix_letter_due', 'run_after', sqlite_where=DUE, postgresql_where=DUE),
    )  # fmt: skip


def membership(roles: tuple[str, ...]) -> sa.Table:
    """The team as it was."""
    return sa.Table(
        'membership', sa.MetaData(),
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('role', sa.String(length=40), nullable=False),
        sa.CheckConstraint(one_of('role', roles), name=op.f('ck_membership_role')),
        sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_membership_account_account')),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_membership_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'account', name=op.f('pk_membership')),
        sa.Index('ix_membership_account', 'account'),
    )  # fmt: skip


def round_table() -> sa.Table:
    """The rounds as they were."""
    return sa.Table(
        'round', sa.MetaData(),
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('opens_on', sa.Date(), nullable=True),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('input_sha256', sa.String(length=64), nullable=True),
        sa.CheckConstraint('(closed_at IS NULL) = (input_sha256 IS NULL)', name=op.f('ck_round_closed_has_input_hash')),
        sa.CheckConstraint('closed_at >= opened_at', name=op.f('ck_round_closed_after_opening')),
        sa.CheckConstraint('closed_at IS NULL OR opened_at IS NOT NULL', name=op.f('ck_round_closed_was_open')),
        sa.CheckConstraint('closes_at > opened_at', name=op.f('ck_round_deadline_after_opening')),
        sa.CheckConstraint('number >= 0', name=op.f('ck_round_number_from_zero')),
        sa.CheckConstraint('opened_at IS NULL OR closes_at IS NOT NULL', name=op.f('ck_round_open_has_deadline')),
        sa.CheckConstraint('released_at >= closed_at', name=op.f('ck_round_released_after_closing')),
        sa.CheckConstraint('released_at IS NULL OR closed_at IS NOT NULL', name=op.f('ck_round_released_was_closed')),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_round_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'number', name=op.f('pk_round')),
        sa.Index('uq_round_running', 'study_id', unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    )  # fmt: skip


def identity(*, addressed: bool) -> sa.Table:
    """The names as they were, or as they are, with people who have no address."""
    return sa.Table(
        'identity', sa.MetaData(),
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('panelist', sa.Uuid(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=not addressed),
        sa.Column('characteristics', sa.JSON(), nullable=False),
        sa.Column('changed_by_team', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('bounced_on', sa.Date(), nullable=True),
        sa.Column('bounce', sa.String(length=200), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.CheckConstraint('email = lower(email)', name=op.f('ck_identity_email_lower')),
        sa.ForeignKeyConstraint(['study_id', 'panelist'], ['panelist.study_id', 'panelist.id'], name=op.f('fk_identity_study_id_panelist_panelist'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_identity_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'panelist', name=op.f('pk_identity')),
        sa.UniqueConstraint('study_id', 'email', name=op.f('uq_identity_study_id_email')),
    )  # fmt: skip


def let_addresses_be_missing(*, missing: bool) -> None:
    """Let people without a mail address be on a panel, or not."""
    with op.batch_alter_table('identity', copy_from=identity(addressed=missing)) as batch_op:
        batch_op.alter_column('email', existing_type=sa.String(length=254), nullable=missing)


def answers(name: str, *columns: sa.Column[object] | sa.Constraint) -> sa.Table:
    """A table of answers as it was, without its primary key."""
    return sa.Table(
        name, sa.MetaData(),
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('statement', sa.Integer(), nullable=False),
        sa.Column('panelist', sa.Uuid(), nullable=False),
        *columns,
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('version >= 1', name=op.f(f'ck_{name}_version_positive')),
        sa.ForeignKeyConstraint(['study_id', 'round', 'panelist'], ['participation.study_id', 'participation.round', 'participation.panelist'], name=op.f(f'fk_{name}_study_id_round_panelist_participation')),
        sa.ForeignKeyConstraint(['study_id', 'round', 'statement'], ['questionnaire_item.study_id', 'questionnaire_item.round', 'questionnaire_item.statement'], name=op.f(f'fk_{name}_study_id_round_statement_questionnaire_item')),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f(f'fk_{name}_study_id_study')),
        sqlite_with_rowid=False,
    )  # fmt: skip


def tables_of_answers() -> list[sa.Table]:
    """The three tables that hold what one person gave to one statement."""
    return [
        answers(
            'rating',
            sa.Column('kind', sa.String(length=40), nullable=False),
            sa.Column('value', sa.Integer(), nullable=True),
            sa.CheckConstraint("(kind = 'rated') = (value IS NOT NULL)", name=op.f('ck_rating_rated_has_value')),
            sa.CheckConstraint("kind IN ('rated', 'not_qualified', 'cleared')", name=op.f('ck_rating_kind')),
        ),
        answers(
            'comment',
            sa.Column('ticket', sa.Uuid(), nullable=False),
            sa.Column('text', sa.Text(), nullable=False),
            sa.Column('moderation', sa.String(length=40), nullable=True),
            sa.Column('released_text', sa.Text(), nullable=True),
            sa.Column('note', sa.Text(), nullable=False),
            sa.Column('tags', sa.JSON(), nullable=False),
            sa.CheckConstraint("(released_text IS NOT NULL) = (moderation IS NOT NULL AND moderation IN ('released', 'edited'))", name=op.f('ck_comment_released_has_text')),
            sa.CheckConstraint("moderation IS NULL OR moderation IN ('released', 'edited', 'held')", name=op.f('ck_comment_moderation')),
            sa.UniqueConstraint('study_id', 'ticket', name=op.f('uq_comment_study_id_ticket')),
        ),
        answers('change_reason', sa.Column('text', sa.Text(), nullable=False)),
    ]  # fmt: skip


BY_STATEMENT = ('study_id', 'round', 'statement', 'panelist')
BY_PERSON = ('study_id', 'round', 'panelist', 'statement')


def order_answers(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Keep the answers of one person together: SQLite read the whole round to find them."""
    for table in tables_of_answers():
        name = op.f(f'pk_{table.name}')
        table.append_constraint(sa.PrimaryKeyConstraint(*before, name=name))
        with op.batch_alter_table(table.name, copy_from=table, recreate='auto') as batch_op:
            batch_op.drop_constraint(name, type_='primary')
            batch_op.create_primary_key(name, list(after))


def change_checks(table: sa.Table, **checks: str) -> None:
    """Put new conditions in the place of checks."""
    with op.batch_alter_table(table.name, copy_from=table) as batch_op:
        for name, condition in checks.items():
            batch_op.drop_constraint(op.f(f'ck_{table.name}_{name}'), type_='check')
            batch_op.create_check_constraint(op.f(f'ck_{table.name}_{name}'), condition)


def add_column(table: str, name: str, kind: str, condition: str = '') -> None:
    """Add a column with its check, which SQLite takes without making the table anew."""
    check = f' CONSTRAINT ck_{table}_{name} CHECK ({condition})' if condition else ''
    op.execute(f'ALTER TABLE {table} ADD COLUMN {name} {kind}{check}')


STUDY_COLUMNS = {
    'paper': ('JSON', ''),
    'level': ("VARCHAR(40) DEFAULT 'sealed' NOT NULL", LEVELS),
    'caution': ('INTEGER DEFAULT 2 NOT NULL', 'caution BETWEEN 1 AND 3'),
    'harm': ('VARCHAR(40)', "harm IS NULL OR harm IN ('yes', 'no', 'unknown')"),
    'turnout': ("VARCHAR(40) DEFAULT 'shown' NOT NULL", "turnout IN ('shown', 'kept')"),
    'closing_hours': ('INTEGER DEFAULT 48 NOT NULL', 'closing_hours BETWEEN 0 AND 72'),
    'item_noun': ("VARCHAR(40) DEFAULT 'statement' NOT NULL", "item_noun IN ('statement', 'outcome', 'indication')"),
    'person_noun': ("VARCHAR(40) DEFAULT 'panelist' NOT NULL", "person_noun IN ('panelist', 'participant', 'expert')"),
    'data_protection_name': ('VARCHAR(200)', ''),
    'data_protection_email': ('VARCHAR(254)', ''),
    'languages': ('JSON', ''),
    'stale_mark': ("VARCHAR(40) DEFAULT 'note' NOT NULL", "stale_mark IN ('none', 'note', 'source')"),
    'translated': ('INTEGER DEFAULT 0 NOT NULL', ''),
    'scale_words': ('JSON', ''),
}
COLUMNS = {
    'panelist': {
        'row_code': 'VARCHAR(20)', 'page_code': 'VARCHAR(20)', 'language': 'VARCHAR(12)',
        'reminders_stopped': 'BOOLEAN DEFAULT {false} NOT NULL',
    },
    'participation': {'counted': 'BOOLEAN', 'counted_group': 'VARCHAR(60)', 'handed_link': 'VARCHAR(64)'},
    'access_link': {'handed': 'BOOLEAN DEFAULT {false} NOT NULL'},
    'panelist_session': {'handed_link': 'VARCHAR(64)'},
    'identity': {
        'changed_by_team': 'BOOLEAN DEFAULT {false} NOT NULL', 'note': 'TEXT', 'bounced_on': 'DATE', 'bounce': 'VARCHAR(200)',
    },
    'team_letter': {'about': 'VARCHAR(80)'},
    'export_job': {'language': 'VARCHAR(12)'},
    'receipt': {'changed_by_team': 'BOOLEAN DEFAULT {false} NOT NULL'},
}


OF_A_PANELIST = ('letter', 'access_link', 'panelist_session')  # found by whose they are


def upgrade() -> None:
    """Go up."""
    false = '0' if op.get_bind().dialect.name == 'sqlite' else 'false'
    for name, (kind, condition) in STUDY_COLUMNS.items():
        add_column('study', name, kind, condition)
    for table, columns in COLUMNS.items():
        for name, kind in columns.items():
            add_column(table, name, kind.format(false=false))
    let_addresses_be_missing(missing=True)
    drawn = 'hex(randomblob(8))' if false == '0' else "substr(upper(replace(gen_random_uuid()::text, '-', '')), 1, 16)"
    op.execute(f'UPDATE panelist SET page_code = {drawn}')
    add_column('team_letter', 'kind', "VARCHAR(40) DEFAULT 'team' NOT NULL", one_of('kind', TEAM_LETTERS))
    op.create_index('uq_panelist_page_code', 'panelist', ['study_id', 'page_code'], unique=True)
    change_checks(event(KINDS), kind=one_of('kind', NEW_KINDS))
    change_checks(
        letter(LETTERS, PERSONAL), kind=one_of('kind', NEW_LETTERS), round_of_kind=of_kind(NEW_PERSONAL)
    )
    with op.batch_alter_table('membership', copy_from=membership(ROLES)) as batch_op:
        batch_op.drop_constraint(op.f('ck_membership_role'), type_='check')
        batch_op.create_check_constraint(op.f('ck_membership_role'), one_of('role', NEW_ROLES))
        batch_op.add_column(sa.Column('confirmed_by', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('language', sa.String(length=12), nullable=True))
        batch_op.create_foreign_key(op.f('fk_membership_confirmed_by_account'), 'account', ['confirmed_by'], ['id'])
    with op.batch_alter_table('round', copy_from=round_table()) as batch_op:
        batch_op.drop_constraint(op.f('ck_round_closed_has_input_hash'), type_='check')
        batch_op.drop_column('input_sha256')
        batch_op.add_column(sa.Column('stops', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('reminders', sa.JSON(), nullable=True))
    op.drop_index('ix_rating_panelist', 'rating')
    for name in OF_A_PANELIST:
        op.create_index(f'ix_{name}_panelist', name, ['study_id', 'panelist'])
    order_answers(BY_STATEMENT, BY_PERSON)
    add_column('comment', 'language', 'VARCHAR(12)')
    create_tables()
    op.execute('INSERT INTO held_role (study_id, account, role) SELECT study_id, account, role FROM membership')
    (freeze_answers_sqlite if false == '0' else freeze_answers_postgresql)()


def create_tables() -> None:
    """Make the chain of seals, the rows where a study keeps rows, the letters that tell hashes, and who held which role."""
    op.create_table(
        'account_subject',
        sa.Column('issuer', sa.String(length=255), nullable=False),
        sa.Column('subject', sa.String(length=255), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['account'], ['account.id'], name=op.f('fk_account_subject_account_account'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_account_subject')),
        sa.UniqueConstraint('issuer', 'account', name=op.f('uq_account_subject_issuer_account')),
    )
    op.create_index(op.f('ix_account_subject_account'), 'account_subject', ['account'])
    op.create_table(
        'held_role',
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('role', sa.String(length=40), nullable=False),
        sa.CheckConstraint(one_of('role', NEW_ROLES), name=op.f('ck_held_role_role')),
        sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_held_role_account_account')),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_held_role_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'account', 'role', name=op.f('pk_held_role')),
    )
    op.create_table(
        'kept_characteristics',
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('characteristics', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_kept_characteristics_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'id', name=op.f('pk_kept_characteristics')),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'seal',
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=40), nullable=False),
        sa.Column('smallest_cell', sa.Integer(), nullable=False),
        sa.Column('level', sa.String(length=40), nullable=False),
        sa.Column('caution', sa.Integer(), nullable=False),
        sa.Column('definition_sha256', sa.String(length=64), nullable=False),
        sa.Column('content', sa.JSON(), nullable=False),
        sa.Column('previous_sha256', sa.String(length=64), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.CheckConstraint('number >= 1', name=op.f('ck_seal_number_positive')),
        sa.CheckConstraint(one_of('kind', ('round', 'amended', 'figures', 'panel', 'rows')), name=op.f('ck_seal_kind')),
        sa.CheckConstraint(LEVELS, name=op.f('ck_seal_level')),
        sa.CheckConstraint('length(sha256) = 64 AND length(previous_sha256) = 64', name=op.f('ck_seal_hash_length')),
        sa.ForeignKeyConstraint(
            ['study_id', 'round'], ['round.study_id', 'round.number'], name=op.f('fk_seal_study_id_round_round')
        ),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_seal_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'number', name=op.f('pk_seal')),
    )
    op.create_index('ix_seal_round', 'seal', ['study_id', 'round', 'kind'])
    op.create_table(
        'sealed_row',
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=20), nullable=False),
        sa.Column('group', sa.String(length=60), nullable=False),
        sa.Column('submitted', sa.Boolean(), nullable=False),
        sa.Column('answers', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ['study_id', 'round'], ['round.study_id', 'round.number'], name=op.f('fk_sealed_row_study_id_round_round')
        ),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_sealed_row_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'round', 'code', name=op.f('pk_sealed_row')),
        sqlite_with_rowid=False,
    )
    op.create_table(
        'seal_letter',
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('id', sa.Uuid(), nullable=False),
        sa.Column('seal', sa.Integer(), nullable=False),
        sa.Column('account', sa.Integer(), nullable=True),
        sa.Column('run_after', sa.DateTime(timezone=True), nullable=False),
        sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('claimed_by', sa.String(length=64), nullable=True),
        sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.CheckConstraint('(claimed_by IS NULL) = (claimed_until IS NULL)', name=op.f('ck_seal_letter_claim_has_lease')),
        sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_seal_letter_account_account')),
        sa.ForeignKeyConstraint(
            ['study_id', 'seal'], ['seal.study_id', 'seal.number'], name=op.f('fk_seal_letter_study_id_seal_seal')
        ),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_seal_letter_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'id', name=op.f('pk_seal_letter')),
        sa.UniqueConstraint('study_id', 'seal', 'account', name=op.f('uq_seal_letter_study_id_seal_account')),
    )
    op.create_table(
        'sent_form',
        sa.Column('key_sha256', sa.String(length=64), nullable=False),
        sa.Column('account', sa.Integer(), nullable=False),
        sa.Column('sent_on', sa.Date(), nullable=False),
        sa.Column('led_to', sa.String(length=2000), nullable=True),
        sa.CheckConstraint('length(key_sha256) = 64', name=op.f('ck_sent_form_key_is_a_hash')),
        sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_sent_form_account_account'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('key_sha256', name=op.f('pk_sent_form')),
    )
    op.create_index('ix_sent_form_account', 'sent_form', ['account'])
    op.create_index('ix_seal_letter_due', 'seal_letter', ['run_after'], sqlite_where=DUE, postgresql_where=DUE)
    op.create_table(
        'translation',
        sa.Column('study_id', sa.Integer(), nullable=False),
        sa.Column('item', sa.String(length=200), nullable=False),
        sa.Column('language', sa.String(length=12), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('source', sa.Text(), nullable=False),
        sa.Column('by', sa.Integer(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('length(text) > 0', name=op.f('ck_translation_text_present')),
        sa.ForeignKeyConstraint(['by'], ['account.id'], name=op.f('fk_translation_by_account')),
        sa.ForeignKeyConstraint(['study_id'], ['study.id'], name=op.f('fk_translation_study_id_study')),
        sa.PrimaryKeyConstraint('study_id', 'item', 'language', name=op.f('pk_translation')),
    )


# What was counted does not change: of these tables no row comes, goes or changes (of the last two: not its text) once the
# round of that panelist is counted. Only a study that is deleted as a whole takes the mark of counting back.
FROZEN = {'rating': '', 'change_reason': '', 'comment': 'text', 'proposal': 'text'}
COUNTED = (
    'SELECT 1 FROM participation p WHERE p.study_id = {row}.study_id AND p.round = {row}.round'
    ' AND p.panelist = {row}.panelist AND p.counted IS NOT NULL'
)
GOING = (
    'SELECT 1 FROM study s WHERE s.id = OLD.study_id AND (s.deletion_due_at IS NOT NULL OR s.rehearsal_of IS NOT NULL)'
)
REFUSAL = 'answers of a closed round do not change'


def changes_of(table: str) -> list[tuple[str, str, str]]:
    """Name the changes that are refused: a name, when, and the row that is asked."""
    text = f' OF {FROZEN[table]}' if FROZEN[table] else ''
    return [('insert', 'INSERT', 'NEW'), ('update', f'UPDATE{text}', 'OLD'), ('delete', 'DELETE', 'OLD')]


def freeze_answers_sqlite() -> None:
    """Refuse changes of counted answers."""
    for table in FROZEN:
        for name, change, row in changes_of(table):
            op.execute(
                f'CREATE TRIGGER {table}_{name}_counted BEFORE {change} ON {table}'
                f' WHEN EXISTS ({COUNTED.format(row=row)}) BEGIN SELECT RAISE(ABORT, {REFUSAL!r}); END'
            )
    op.execute(
        'CREATE TRIGGER participation_update_counted BEFORE UPDATE OF counted, counted_group ON participation'
        f' WHEN OLD.counted IS NOT NULL AND NOT EXISTS ({GOING}) BEGIN SELECT RAISE(ABORT, {REFUSAL!r}); END'
    )


def freeze_answers_postgresql() -> None:
    """Refuse changes of counted answers."""
    for row in ('NEW', 'OLD'):
        op.execute(
            f'CREATE FUNCTION refuse_counted_{row.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
            f' IF EXISTS ({COUNTED.format(row=row)}) THEN'
            f" RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
            f" IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
    op.execute(
        'CREATE FUNCTION refuse_uncounting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN'
        f' IF OLD.counted IS NOT NULL AND NOT EXISTS ({GOING}) THEN'
        f" RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    for table in FROZEN:
        for name, change, row in changes_of(table):
            op.execute(
                f'CREATE TRIGGER {table}_{name}_counted BEFORE {change} ON {table}'
                f' FOR EACH ROW EXECUTE FUNCTION refuse_counted_{row.lower()}()'
            )
    op.execute(
        'CREATE TRIGGER participation_update_counted BEFORE UPDATE OF counted, counted_group ON participation'
        ' FOR EACH ROW EXECUTE FUNCTION refuse_uncounting()'
    )


def downgrade() -> None:
    """Go down; what only this revision knows is lost, and it is refused where a study has it."""
    for name in OF_A_PANELIST:
        op.drop_index(f'ix_{name}_panelist', name)
    sqlite = op.get_bind().dialect.name == 'sqlite'
    for table in FROZEN:
        for name, _change, _row in changes_of(table):
            op.execute(f'DROP TRIGGER {table}_{name}_counted' + ('' if sqlite else f' ON {table}'))
    op.execute('DROP TRIGGER participation_update_counted' + ('' if sqlite else ' ON participation'))
    if not sqlite:
        for function in ('refuse_counted_new', 'refuse_counted_old', 'refuse_uncounting'):
            op.execute(f'DROP FUNCTION {function}()')
    for table in (
        'account_subject', 'translation', 'sent_form', 'seal_letter', 'sealed_row', 'seal', 'kept_characteristics', 'held_role',
    ):  # fmt: skip
        op.drop_table(table)
    go_back_to_input_hash()
    op.drop_column('comment', 'language')
    order_answers(BY_PERSON, BY_STATEMENT)
    op.create_index('ix_rating_panelist', 'rating', ['study_id', 'round', 'panelist'])
    change_checks(event(NEW_KINDS), kind=one_of('kind', KINDS))
    change_checks(
        letter(NEW_LETTERS, NEW_PERSONAL), kind=one_of('kind', LETTERS), round_of_kind=of_kind(PERSONAL)
    )
    team = membership(NEW_ROLES)
    team.append_column(sa.Column('confirmed_by', sa.Integer(), nullable=True))
    team.append_column(sa.Column('language', sa.String(length=12), nullable=True))
    team.append_constraint(
        sa.ForeignKeyConstraint(['confirmed_by'], ['account.id'], name=op.f('fk_membership_confirmed_by_account'))
    )
    with op.batch_alter_table('membership', copy_from=team) as batch_op:
        batch_op.drop_constraint(op.f('fk_membership_confirmed_by_account'), type_='foreignkey')
        batch_op.drop_column('confirmed_by')
        batch_op.drop_column('language')
        batch_op.drop_constraint(op.f('ck_membership_role'), type_='check')
        batch_op.create_check_constraint(op.f('ck_membership_role'), one_of('role', ROLES))
    op.drop_index('uq_panelist_page_code', 'panelist')
    let_addresses_be_missing(missing=False)
    for table, columns in COLUMNS.items():
        for name in columns:
            op.drop_column(table, name)
    op.drop_column('team_letter', 'kind')
    for name in STUDY_COLUMNS:
        op.drop_column('study', name)


def go_back_to_input_hash() -> None:
    """Give rounds their column back; what is closed has no hash of its answers, so it says so."""
    op.add_column('round', sa.Column('input_sha256', sa.String(length=64), nullable=True))
    op.execute("UPDATE round SET input_sha256 = '' WHERE closed_at IS NOT NULL")
    table = round_table()
    table.constraints = {c for c in table.constraints if c.name != 'ck_round_closed_has_input_hash'}
    with op.batch_alter_table('round', copy_from=table) as batch_op:
        batch_op.create_check_constraint(
            op.f('ck_round_closed_has_input_hash'), '(closed_at IS NULL) = (input_sha256 IS NULL)'
        )
