"""One valid row of every table, in one study; the neighbour study has the least that a key can point at."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from delphi.model import load_tables
from delphi.model.base import Base

load_tables()
METADATA = Base.metadata
HASH = "0" * 64
DAY = date(2027, 3, 1)
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
WHO, LETTER, TICKET = UUID(int=1), UUID(int=2), UUID(int=3)
STUDY: dict[str, Any] = {
    "id": 1,
    "slug": "care",
    "title": "Care",
    "lead_name": "Ada",
    "contact_email": "ada@example.org",
    "language": "en",
    "languages": ["nl"],
    "stale_mark": "note",
    "translated": 1,
    "scale_words": {},
    "time_zone": "UTC",
    "simulated": False,
    "notice": "",
    "created_at": AT,
    "scale": "agree4_nq",
    "rule": "graded_agreement",
    "rule_settings": {},
    "denominator": "rated",
    "quantile_type": 7,
    "minimum_n": 5,
    "smallest_cell": 5,
    "maximum_rounds": 3,
    "settled": "stay",
    "feedback_plan": [],
    "proposal_rounds": [],
    "open_question": "",
    "group_chosen": False,
    "asks_expertise": False,
    "asks_conflicts": False,
    "withdrawal_choices": [],
    "level": "sealed",
    "caution": 2,
    "harm": None,
    "turnout": "shown",
    "closing_hours": 48,
    "item_noun": "statement",
    "person_noun": "panelist",
    "data_protection_name": None,
    "data_protection_email": None,
    "names_until": None,
    "names_kept_days": 30,
    "names_destroyed_at": None,
    "protocol_locked_at": AT,
    "protocol_sha256": HASH,
    "unsettled": "rate_again",
    "stopping_rule": {},
    "texts": {},
    "asked_characteristics": [],
    "rehearsal_of": None,
    "archived_at": None,
    "deletion_due_at": None,
    "finished_at": None,
    "finish_reason": "",
    "paper": {},
}
ANSWER = {"study_id": 1, "round": 1, "statement": 1, "panelist": WHO, "version": 1}
ROWS: dict[str, dict[str, Any]] = {
    "account": {"id": 1, "email": "ada@example.org", "password": None, "active": True, "fs_uniquifier": "u1"},
    "account_session": {"grant_sha256": HASH, "account": 1, "expires_at": AT},
    "sent_form": {"key_sha256": HASH, "account": 1, "sent_on": DAY, "led_to": None},
    "study": STUDY,
    "account_subject": {"issuer": "https://id.example.org", "subject": "1", "account": 1},
    "account_invitation": {"token_sha256": HASH, "account": 1, "expires_at": AT},
    "team_letter": {
        "study_id": 1, "id": LETTER, "account": 1, "run_after": AT, "claimed_by": None, "claimed_until": None,
        "attempts": 0, "sent_at": None, "failed_at": None, "dropped_at": None,
    },
    "export_job": {
        "study_id": 1, "id": LETTER, "account": 1, "report": "consensus", "format": "csv", "profile": "public",
        "by_group": False, "asked_at": AT, "claimed_by": None, "claimed_until": None, "attempts": 0, "progress": "",
        "made_at": None, "failed_at": None, "message": "", "rows": None, "sha256": None, "content": None,
    },
    "membership": {"study_id": 1, "account": 1, "role": "owner", "confirmed_by": None, "language": None},
    "held_role": {"study_id": 1, "account": 1, "role": "owner"},
    "stakeholder_group": {"study_id": 1, "key": "nurses", "position": 1, "target": 10, "public": False},
    "amendment": {
        "study_id": 1, "number": 1, "at": AT, "by": 1, "reason": "clearer", "changes": {}, "answers_given": False,
        "results_seen": False, "sha256": HASH,
    },
    "document": {
        "study_id": 1, "version": 1, "text": "Text", "consent": "", "material": True, "reason": "", "sha256": HASH,
    },
    "panelist": {"study_id": 1, "id": WHO, "code": "ABCDEFGH12", "page_code": "one", "stakeholder_group": "nurses", "declined_on": None,
                 "withdrawn_on": None, "left_because": "", "row_code": None, "language": "en"},
    "consent": {"study_id": 1, "panelist": WHO, "version": 1, "items": [], "given_on": DAY},
    "identity": {"study_id": 1, "panelist": WHO, "name": "One", "email": "one@example.org", "characteristics": {},
                 "changed_by_team": False},
    "access_link": {"study_id": 1, "token_sha256": HASH, "panelist": WHO, "minted_on": DAY, "handed": False},
    "panelist_session": {"study_id": 1, "grant_sha256": HASH, "panelist": WHO, "expires_on": DAY, "handed_link": None},
    "statement": {
        "study_id": 1, "number": 1, "code": "STMT1.1", "kind": "statement", "section": "", "enters_round": 1,
    },
    "statement_version": {"study_id": 1, "statement": 1, "version": 1, "text": "A", "help": "", "evidence": "", "reason": ""},
    "round": {
        "study_id": 1, "number": 1, "opens_on": None, "opened_at": AT, "closes_at": AT + timedelta(days=2), "closed_at": None,
        "released_at": None, "stops": None,
    },
    "questionnaire_item": {"study_id": 1, "round": 1, "statement": 1, "version": 1, "position": 1},
    "participation": {"study_id": 1, "round": 1, "panelist": WHO, "submitted_on": None, "counted": None,
                      "counted_group": None, "handed_link": None},
    "lineage": {
        "study_id": 1, "round": 1, "from_statement": 1, "from_version": 1, "to_statement": 1, "to_version": 1,
        "change": "reworded", "same_meaning": False, "reason": "clearer",
    },
    "decision": {
        "study_id": 1, "round": 1, "statement": 1, "proposal": "settled_in", "decided": "settled_in", "reason": "",
        "by": 1, "at": AT,
    },
    "rating": ANSWER | {"kind": "rated", "value": 4},
    "comment": ANSWER | {"ticket": TICKET, "text": "Why", "moderation": None, "released_text": None,
                         "note": "", "tags": [], "language": "en"},
    "change_reason": ANSWER | {"text": "I read the comments"},
    "save_request": {"study_id": 1, "round": 1, "panelist": WHO, "key": "k", "digest": HASH, "answer": {}},
    "result": {
        "study_id": 1, "round": 1, "statement": 1, "group": "all", "position": 1, "verdict": "in", "row": {},
    },
    "seal": {
        "study_id": 1, "number": 1, "round": 1, "kind": "round", "smallest_cell": 5, "level": "sealed", "caution": 2,
        "definition_sha256": HASH, "content": {}, "previous_sha256": HASH, "sha256": HASH,
    },
    "sealed_row": {"study_id": 1, "round": 1, "code": "ABCDEFGH12", "group": "nurses", "submitted": True, "answers": {}},
    "seal_letter": {
        "study_id": 1, "id": LETTER, "seal": 1, "account": 1, "run_after": AT, "claimed_by": None, "claimed_until": None,
        "attempts": 0, "sent_at": None, "failed_at": None, "dropped_at": None,
    },
    "translation": {
        "study_id": 1, "item": "study.title", "language": "nl", "text": "Zorg", "source": "Care", "by": 1, "at": AT,
    },
    "event": {
        "study_id": 1, "sequence": 1, "at": AT, "actor": 1, "actor_elsewhere": None, "kind": "study:created", "data": {},
        "previous_hash": HASH, "hash": HASH,
    },
    "study_import": {"study_id": 1, "at": AT, "bundle_sha256": HASH},
    "link_request": {"id": LETTER, "email": "one@example.org"},
    "attempt": {"key_hash": HASH, "window": "link 2027-03-01", "n": 1},
    "attempt_key": {"day": DAY, "secret": HASH},
    "declaration": {
        "study_id": 1, "panelist": WHO, "expertise": {}, "conflict": True, "conflict_text": "", "conflict_published": True,
    },
    "acknowledgement": {
        "study_id": 1, "key": HASH, "name": "One", "affiliation": "", "orcid": "", "certificate": False,
    },
    "proposal": {
        "study_id": 1, "id": TICKET, "round": 1, "panelist": WHO, "section": "", "text": "A", "reason": "", "source": "",
        "version": 1, "taken": None, "note": "", "statement": None,
    },
    "letter": {
        "study_id": 1, "id": LETTER, "kind": "invitation", "round": 1, "panelist": WHO, "dedupe_key": "d",
        "due_at": AT, "run_after": AT, "claimed_by": None, "claimed_until": None, "attempts": 0, "sent_at": None,
        "failed_at": None, "dropped_at": None,
    },
    "kept_characteristics": {"study_id": 1, "id": TICKET, "characteristics": {"country": "NL"}},
    "receipt": {"study_id": 1, "letter": LETTER, "name": "One", "email": "one@example.org",
                "changed_by_team": False},
}  # fmt: skip


def fill(session: Session, last: str | None = None) -> None:
    """Put one row into every table, or into those up to one on which then nothing depends."""
    for table in METADATA.sorted_tables:
        session.execute(insert(table).values(ROWS[table.name]))
        if table.name == last:
            break
