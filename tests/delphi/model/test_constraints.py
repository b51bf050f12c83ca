"""Every named constraint is broken once, on both databases: a typo in a table's arguments would lose one silently."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from rows import AT, HASH, METADATA, ROWS, fill
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    insert,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError

OTHER = UUID(int=99)
CLOSED = {"closed_at": AT + timedelta(days=1)}
RELEASED = CLOSED | {"released_at": AT + timedelta(days=2)}
CHECKS: dict[str, dict[str, Any]] = {
    "ck_account_email_lower": {"email": "Ada@example.org"},
    "ck_account_session_grant_is_a_hash": {"grant_sha256": "short"},
    "ck_sent_form_key_is_a_hash": {"key_sha256": "short"},
    "ck_study_smallest_cell_floor": {"smallest_cell": 2},
    "ck_study_minimum_n_positive": {"minimum_n": 0},
    "ck_study_quantile_type": {"quantile_type": 10},
    "ck_study_maximum_rounds_positive": {"maximum_rounds": 0},
    "ck_study_denominator": {"denominator": "everybody"},
    "ck_study_settled": {"settled": "perhaps"},
    "ck_study_unsettled": {"unsettled": "perhaps"},
    "ck_study_level": {"level": "open"},
    "ck_study_caution": {"caution": 4},
    "ck_study_harm": {"harm": "perhaps"},
    "ck_study_turnout": {"turnout": "hidden"},
    "ck_study_closing_hours": {"closing_hours": 73},
    "ck_study_item_noun": {"item_noun": "thing"},
    "ck_study_person_noun": {"person_noun": "thing"},
    "ck_study_stale_mark": {"stale_mark": "perhaps"},
    "ck_translation_text_present": {"text": ""},
    "ck_study_rehearsal_is_simulated": {"rehearsal_of": 1},
    "ck_amendment_number_positive": {"number": 0},
    "ck_amendment_reason_present": {"reason": ""},
    "ck_amendment_sha256_length": {"sha256": "short"},
    "ck_stakeholder_group_target_positive": {"target": 0},
    "ck_study_names_kept_days_positive": {"names_kept_days": 0},
    "ck_study_names_go_after_the_finish": {"names_destroyed_at": AT},
    "ck_study_lock_has_time_and_hash": {"protocol_sha256": None},
    "ck_membership_role": {"role": "king"},
    "ck_held_role_role": {"role": "king"},
    "ck_stakeholder_group_key_is_a_name": {"key": "all"},
    "ck_study_import_bundle_sha256_length": {"bundle_sha256": "short"},
    "ck_document_sha256_length": {"sha256": "short"},
    "ck_panelist_code_is_long": {"code": "ABC"},
    "ck_identity_email_lower": {"email": "One@example.org"},
    "ck_access_link_token_is_a_hash": {"token_sha256": "short"},
    "ck_panelist_session_grant_is_a_hash": {"grant_sha256": "short"},
    "ck_statement_number_positive": {"number": 0},
    "ck_statement_enters_round_positive": {"enters_round": 0},
    "ck_statement_kind": {"kind": "poem"},
    "ck_statement_version_version_positive": {"version": 0},
    "ck_statement_version_text_present": {"text": ""},
    "ck_round_number_from_zero": {"number": -1},
    "ck_round_open_has_deadline": {"closes_at": None},
    "ck_round_deadline_after_opening": {"closes_at": AT},
    "ck_round_closed_was_open": CLOSED | {"opened_at": None},
    "ck_round_closed_after_opening": CLOSED | {"closed_at": AT - timedelta(days=1)},
    "ck_round_released_was_closed": {"released_at": AT + timedelta(days=1)},
    "ck_round_released_after_closing": RELEASED | {"released_at": AT},
    "ck_questionnaire_item_position_positive": {"position": 0},
    "ck_lineage_change": {"change": "forgotten"},
    "ck_lineage_only_merge_and_split_cross": {"change": "merged"},
    "ck_lineage_added_comes_from_nothing": {"change": "added"},
    "ck_lineage_dropped_goes_to_nothing": {"change": "dropped"},
    "ck_lineage_reason_present": {"reason": ""},
    "ck_lineage_kept_needs_no_row": {"change": "kept"},
    "ck_decision_proposal": {"proposal": "perhaps", "reason": "so"},
    "ck_decision_decided": {"decided": "perhaps", "reason": "so"},
    "ck_decision_other_than_proposed_has_reason": {"decided": "rate_again"},
    "ck_rating_kind": {"kind": "guessed", "value": None},
    "ck_rating_rated_has_value": {"value": None},
    "ck_rating_version_positive": {"version": 0},
    "ck_comment_moderation": {"moderation": "perhaps"},
    "ck_comment_released_has_text": {"moderation": "released"},
    "ck_comment_version_positive": {"version": 0},
    "ck_change_reason_version_positive": {"version": 0},
    "ck_save_request_digest_length": {"digest": "short"},
    "ck_result_verdict": {"verdict": "maybe"},
    "ck_seal_number_positive": {"number": 0},
    "ck_seal_kind": {"kind": "wax"},
    "ck_seal_level": {"level": "open"},
    "ck_seal_hash_length": {"previous_sha256": "short"},
    "ck_seal_letter_claim_has_lease": {"claimed_by": "postman"},
    "ck_event_sequence_positive": {"sequence": 0},
    "ck_event_kind": {"kind": "tea:made"},
    "ck_event_hash_length": {"hash": "short"},
    "ck_account_invitation_token_is_a_hash": {"token_sha256": "short"},
    "ck_team_letter_kind": {"kind": "poem"},
    "ck_team_letter_claim_has_lease": {"claimed_by": "postman"},
    "ck_export_job_claim_has_lease": {"claimed_by": "exporter"},
    "ck_export_job_one_ending": {"failed_at": AT, "made_at": AT, "content": b"", "sha256": HASH, "rows": 0},
    "ck_export_job_made_whole": {"made_at": AT},
    "ck_letter_kind": {"kind": "poem"},
    "ck_letter_claim_has_lease": {"claimed_by": "postman"},
    "ck_letter_round_of_kind": {"round": None},
    "ck_attempt_key_is_a_hash": {"key_hash": "short"},
    "ck_attempt_n_positive": {"n": 0},
    "ck_attempt_key_secret_is_long": {"secret": "short"},
    "ck_declaration_only_a_conflict_is_published": {"conflict": False},
    "ck_acknowledgement_key_is_a_hash": {"key": "short"},
    "ck_acknowledgement_name_present": {"name": ""},
    "ck_proposal_taken": {"taken": "perhaps"},
    "ck_proposal_statement_was_taken": {"statement": 1},
    "ck_proposal_text_present": {"text": ""},
    "ck_proposal_version_positive": {"version": 0},
    "ck_letter_one_ending": {"sent_at": AT, "failed_at": AT},
}
# What a second row must change so that it breaks this constraint alone.
UNIQUES: dict[str, dict[str, Any]] = {
    "uq_account_email": {"id": 2, "fs_uniquifier": "u2"},
    "uq_account_fs_uniquifier": {"id": 2, "email": "two@example.org"},
    "uq_study_slug": {"id": 2},
    "uq_account_subject_issuer_account": {"subject": "another"},
    "uq_stakeholder_group_study_id_position": {"key": "peers"},
    "uq_panelist_study_id_code": {"id": OTHER, "page_code": "another"},
    "uq_panelist_page_code": {"id": OTHER, "code": "ABCDEFGH13"},
    "uq_identity_study_id_email": {"panelist": OTHER},
    "uq_statement_study_id_code": {"number": 2},
    "uq_round_running": {"number": 2},
    "uq_questionnaire_item_study_id_round_position": {"statement": 2},
    "uq_comment_study_id_ticket": {"statement": 2},
    "uq_result_study_id_round_position": {"group": "nurses"},
    "uq_seal_letter_study_id_seal_account": {"id": OTHER},
    "uq_letter_study_id_dedupe_key": {"id": OTHER},
}
# Which columns point nowhere; for the study alone, a neighbour study would break the composite keys first.
KEYS: dict[str, dict[str, Any]] = {
    "fk_account_session_account_account": {"account": 9},
    "fk_sent_form_account_account": {"account": 9},
    "fk_account_subject_account_account": {"account": 9},
    "fk_translation_by_account": {"by": 9},
    "fk_account_invitation_account_account": {"account": 9},
    "fk_team_letter_study_id_account_membership": {"account": 9},
    "fk_membership_account_account": {"account": 9},
    "fk_membership_confirmed_by_account": {"confirmed_by": 9},
    "fk_held_role_account_account": {"account": 9},
    "fk_event_actor_account": {"actor": 9},
    "fk_export_job_account_account": {"account": 9},
    "fk_amendment_by_account": {"by": 9},
    "fk_study_rehearsal_of_study": {"rehearsal_of": 9, "simulated": True},
    "fk_panelist_study_id_stakeholder_group_stakeholder_group": {"stakeholder_group": "nobody"},
    "fk_consent_study_id_panelist_panelist": {"panelist": OTHER},
    "fk_consent_study_id_version_document": {"version": 9},
    "fk_identity_study_id_panelist_panelist": {"panelist": OTHER},
    "fk_access_link_study_id_panelist_panelist": {"panelist": OTHER},
    "fk_panelist_session_study_id_panelist_panelist": {"panelist": OTHER},
    "fk_statement_version_study_id_statement_statement": {"statement": 9},
    "fk_questionnaire_item_study_id_round_round": {"round": 9},
    "fk_questionnaire_item_study_id_statement_version_statement_version": {"version": 9},
    "fk_participation_study_id_round_round": {"round": 9},
    "fk_participation_study_id_panelist_panelist": {"panelist": OTHER},
    "fk_lineage_study_id_round_round": {"round": 9},
    "fk_lineage_study_id_from_statement_from_version_statement_version": {"from_version": 9},
    "fk_lineage_study_id_to_statement_to_version_statement_version": {"to_version": 9},
    "fk_decision_study_id_round_round": {"round": 9},
    "fk_decision_study_id_statement_statement": {"statement": 9},
    "fk_decision_by_account": {"by": 9},
    "fk_rating_study_id_round_statement_questionnaire_item": {"statement": 9},
    "fk_rating_study_id_round_panelist_participation": {"panelist": OTHER},
    "fk_comment_study_id_round_statement_questionnaire_item": {"statement": 9},
    "fk_comment_study_id_round_panelist_participation": {"panelist": OTHER},
    "fk_change_reason_study_id_round_statement_questionnaire_item": {"statement": 9},
    "fk_change_reason_study_id_round_panelist_participation": {"panelist": OTHER},
    "fk_save_request_study_id_round_panelist_participation": {"panelist": OTHER},
    "fk_result_study_id_round_statement_questionnaire_item": {"statement": 9},
    "fk_seal_study_id_round_round": {"round": 9},
    "fk_sealed_row_study_id_round_round": {"round": 9},
    "fk_seal_letter_study_id_seal_seal": {"seal": 9},
    "fk_seal_letter_account_account": {"account": 9},
    "fk_letter_study_id_round_panelist_participation": {"round": 9},
    "fk_letter_study_id_panelist_panelist": {"panelist": OTHER, "round": None, "kind": "link"},
    "fk_receipt_study_id_letter_letter": {"letter": OTHER},
    "fk_declaration_study_id_panelist_panelist": {"panelist": OTHER},
    "fk_proposal_study_id_round_panelist_participation": {"panelist": OTHER},
    "fk_proposal_study_id_statement_statement": {"statement": 9, "taken": "accepted"},
}
TABLES = list(METADATA.sorted_tables)


def named(kind: type) -> dict[str, Table]:
    return {str(c.name): table for table in TABLES for c in table.constraints if isinstance(c, kind)}


def unique_indexes() -> dict[str, Table]:
    return {str(index.name): table for table in TABLES for index in table.indexes if index.unique}


def to_study() -> dict[str, Table]:
    return {name: table for name, table in named(ForeignKeyConstraint).items() if name.endswith("_study_id_study")}


def coerced(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    """Let words past our types that are not in the vocabulary: the database must refuse them by itself."""
    return {name: type_coerce(v, String) if isinstance(v, str) else v for name, v in values.items()}


def said(error: IntegrityError) -> str:
    """Name what was broken: PostgreSQL says it apart, SQLite in its message."""
    diagnosis = getattr(error.orig, "diag", None)
    return str(diagnosis.constraint_name) if diagnosis else str(error.orig)


def refused(session, statement) -> str:
    with pytest.raises(IntegrityError) as caught:
        session.execute(statement)
    return said(caught.value)


def test_every_constraint_is_broken_by_a_case():
    broken = {*CHECKS, *UNIQUES, *KEYS, *to_study()}
    assert broken == {
        *named(CheckConstraint), *named(UniqueConstraint), *named(ForeignKeyConstraint), *unique_indexes(),
    }  # fmt: skip
    assert {table.name for table in TABLES} == set(ROWS)


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_is_kept(session, name):
    table = named(CheckConstraint)[name]
    fill(session, table.name)
    assert name in refused(session, update(table).values(coerced(table, CHECKS[name])))


@pytest.mark.parametrize("name", UNIQUES)
def test_nothing_that_must_be_unique_stands_twice(session, name):
    table = (named(UniqueConstraint) | unique_indexes())[name]
    fill(session, table.name)
    message = refused(session, insert(table).values(ROWS[table.name] | UNIQUES[name]))
    assert message == name or message.startswith("UNIQUE constraint failed")


@pytest.mark.parametrize("name", KEYS)
def test_nothing_points_nowhere(session, name):
    table = named(ForeignKeyConstraint)[name]
    fill(session, table.name)
    broken = refused(session, update(table).values(KEYS[name]))
    # PostgreSQL holds names of 63 bytes; SQLAlchemy cuts a longer one at 55 and adds a digest.
    assert broken == "FOREIGN KEY constraint failed" or broken[:55] == name[:55]


@pytest.mark.parametrize("name", to_study())
def test_nothing_belongs_to_no_study(session, name):
    table = to_study()[name]
    fill(session, table.name)
    broken = refused(session, update(table).values(study_id=9))
    assert broken == "FOREIGN KEY constraint failed" or broken.startswith("fk_")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_row_stands_twice(session, table):
    fill(session, table.name)
    message = refused(session, insert(table).values(ROWS[table.name]))
    assert message.startswith(("UNIQUE constraint failed", "pk_", "uq_"))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_what_must_be_there_is_there(session, table):
    fill(session, table.name)
    for column in table.columns:
        if column.nullable or (column.primary_key and len(table.primary_key) == 1):
            continue
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(update(table).values({column: type_coerce(None, String)}))
