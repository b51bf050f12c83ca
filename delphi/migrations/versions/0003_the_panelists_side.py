"""The panelist's side: leaving, lost links, declarations, acknowledgement, proposed statements, the open round.

Revision 0003_panelists_side, after 0002_study_setup.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003_panelists_side"
down_revision = "0002_study_setup"
branch_labels = None
depends_on = None

PERSONAL = ("link", "consent", "withdrawal")
LETTERS = ("invitation", "reminder")
NEW_EVENTS = ("panelist:withdrew", "panelist:corrected")
EVENTS = (
    "study:created study:changed study:archived study:restored study:deletion_asked study:deletion_undone "
    "protocol:changed protocol:amended statement:changed groups:changed document:published team:invited team:changed "
    "team:removed rehearsal:started rehearsal:wiped statements:imported panel:imported protocol:locked round:prepared "
    "round:launched round:extended round:closed round:released statement:reworded statement:merged statement:added "
    "statement:dropped comments:moderated export:made"
).split()
CHOICES = '["keep", "remove_open", "remove_unreleased"]'


def columns() -> dict[str, list[sa.Column[Any]]]:
    """Give the new columns by table; what old rows need as a value is no default afterwards."""
    return {
        "study": [
            sa.Column("proposal_rounds", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("open_question", sa.Text(), nullable=False, server_default=""),
            sa.Column("group_chosen", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("asks_expertise", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("asks_conflicts", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("withdrawal_choices", sa.JSON(), nullable=False, server_default=CHOICES),
            sa.Column("names_until", sa.Date(), nullable=True),
        ],
        "panelist": [
            sa.Column("withdrawn_on", sa.Date(), nullable=True),
            sa.Column("left_because", sa.Text(), nullable=False, server_default=""),
        ],
        "round": [sa.Column("opens_on", sa.Date(), nullable=True)],
        "consent": [sa.Column("items", sa.JSON(), nullable=False, server_default="[]")],
    }


def upgrade() -> None:
    """Go up."""
    for table, new in columns().items():
        with op.batch_alter_table(table) as batch:
            for column in new:
                batch.add_column(column)
        with op.batch_alter_table(table) as batch:
            for column in new:
                if column.server_default is not None:
                    batch.alter_column(column.name, existing_type=column.type, server_default=None)
    with op.batch_alter_table("round") as batch:
        batch.drop_constraint(op.f("ck_round_number_positive"), type_="check")
        batch.create_check_constraint(op.f("ck_round_number_from_zero"), "number >= 0")
    _events([*EVENTS, *NEW_EVENTS])
    with op.batch_alter_table("letter") as batch:
        batch.alter_column("round", existing_type=sa.Integer(), nullable=True)
        batch.drop_constraint(op.f("ck_letter_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_letter_kind"), _one_of("kind", [*LETTERS, *PERSONAL]))
        batch.create_check_constraint(op.f("ck_letter_round_of_kind"), f"(round IS NULL) = ({_one_of('kind', PERSONAL)})")
        batch.create_foreign_key(
            op.f("fk_letter_study_id_panelist_panelist"), "panelist", ["study_id", "panelist"], ["study_id", "id"]
        )
    _people()
    _proposals()


def downgrade() -> None:
    """Go down; letters that belong to no round have no place there, and neither has the open round."""
    for table in ("proposal", "acknowledgement", "declaration", "attempt_key", "attempt", "link_request"):
        op.drop_table(table)
    op.execute(sa.text("DELETE FROM letter WHERE round IS NULL OR round = 0"))
    op.execute(sa.text("DELETE FROM participation WHERE round = 0"))
    op.execute(sa.text("DELETE FROM round WHERE number = 0"))
    with op.batch_alter_table("letter") as batch:
        batch.drop_constraint(op.f("fk_letter_study_id_panelist_panelist"), type_="foreignkey")
        batch.drop_constraint(op.f("ck_letter_round_of_kind"), type_="check")
        batch.drop_constraint(op.f("ck_letter_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_letter_kind"), _one_of("kind", LETTERS))
        batch.alter_column("round", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("round") as batch:
        batch.drop_constraint(op.f("ck_round_number_from_zero"), type_="check")
        batch.create_check_constraint(op.f("ck_round_number_positive"), "number >= 1")
    _events(EVENTS)
    for table, new in columns().items():
        with op.batch_alter_table(table) as batch:
            for column in new:
                batch.drop_column(column.name)


def _one_of(column: str, words: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


def _events(kinds: Sequence[str]) -> None:
    """Change the list of event kinds."""
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("ck_event_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_event_kind"), _one_of("kind", kinds))


def _panelist(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f(f"fk_{table}_study_id_study")),
        sa.ForeignKeyConstraint(
            ["study_id", "panelist"],
            ["panelist.study_id", "panelist.id"],
            name=op.f(f"fk_{table}_study_id_panelist_panelist"),
            ondelete="CASCADE",
        ),
    ]


def _people() -> None:
    op.create_table(
        "link_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_request")),
    )
    op.create_table(
        "attempt",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("window", sa.String(length=20), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(key_hash) = 64", name=op.f("ck_attempt_key_is_a_hash")),
        sa.CheckConstraint("n >= 1", name=op.f("ck_attempt_n_positive")),
        sa.PrimaryKeyConstraint("key_hash", "window", name=op.f("pk_attempt")),
    )
    op.create_table(
        "attempt_key",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(secret) = 64", name=op.f("ck_attempt_key_secret_is_long")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_attempt_key")),
    )
    op.create_table(
        "declaration",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("panelist", sa.Uuid(), nullable=False),
        sa.Column("expertise", sa.JSON(), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=True),
        sa.Column("conflict_text", sa.Text(), nullable=False),
        sa.Column("conflict_published", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "conflict OR NOT conflict_published", name=op.f("ck_declaration_only_a_conflict_is_published")
        ),
        *_panelist("declaration"),
        sa.PrimaryKeyConstraint("study_id", "panelist", name=op.f("pk_declaration")),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("affiliation", sa.String(length=300), nullable=False),
        sa.Column("orcid", sa.String(length=19), nullable=False),
        sa.Column("certificate", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(key) = 64", name=op.f("ck_acknowledgement_key_is_a_hash")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_acknowledgement_name_present")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_acknowledgement_study_id_study")),
        sa.PrimaryKeyConstraint("study_id", "key", name=op.f("pk_acknowledgement")),
        sqlite_with_rowid=False,
    )


def _proposals() -> None:
    op.create_table(
        "proposal",
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("panelist", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("taken", sa.String(length=40), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("statement", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "taken IS NULL OR taken IN ('accepted', 'merged', 'declined')", name=op.f("ck_proposal_taken")
        ),
        sa.CheckConstraint(
            "statement IS NULL OR (taken IS NOT NULL AND taken <> 'declined')",
            name=op.f("ck_proposal_statement_was_taken"),
        ),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_proposal_text_present")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_proposal_version_positive")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_proposal_study_id_study")),
        sa.ForeignKeyConstraint(
            ["study_id", "round", "panelist"],
            ["participation.study_id", "participation.round", "participation.panelist"],
            name=op.f("fk_proposal_study_id_round_panelist_participation"),
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "statement"],
            ["statement.study_id", "statement.number"],
            name=op.f("fk_proposal_study_id_statement_statement"),
        ),
        sa.PrimaryKeyConstraint("study_id", "id", name=op.f("pk_proposal")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_proposal_panelist", "proposal", ["study_id", "round", "panelist"])
