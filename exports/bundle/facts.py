"""Which columns of which tables a bundle holds; what is left out is left out by name, so that a new column is decided on.

Names, addresses, links, letters and sessions stand in tables that are not here. What was answered leaves as seals.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, TypeDecorator, inspect
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from delphi.errors import Refused
from delphi.model.base import Base, Word
from delphi.model.round import QuestionnaireItem, Round
from delphi.model.statement import Decision, Lineage, Statement, StatementVersion
from delphi.model.study import Amendment, Document, StakeholderGroup, Study
from delphi.model.translation import Translation
from exports.archive import Bundle

Fact = dict[str, Any]
TRANSLATIONS = "instruments/translations.json"
EARLIEST, LATEST = 1900, 2200  # years; at the ends of the calendar a moment has no place in another time zone
LARGEST = 2**31 - 1
KEPT: dict[type[Base], str] = {
    Study: "slug title language languages stale_mark time_zone simulated notice created_at scale scale_words"
    " rule rule_settings denominator quantile_type minimum_n smallest_cell maximum_rounds"
    " stopping_rule settled unsettled feedback_plan texts asked_characteristics"
    " proposal_rounds open_question group_chosen asks_expertise asks_conflicts withdrawal_choices names_until"
    " protocol_locked_at protocol_sha256 finished_at finish_reason level caution harm turnout closing_hours"
    " item_noun person_noun",
    StakeholderGroup: "key position target public",
    Document: "version text consent material reason sha256",
    Translation: "item language text source at",
    Amendment: "number at reason changes answers_given results_seen sha256",
    Round: "number opens_on opened_at closes_at closed_at released_at",
    Statement: "number code kind section enters_round",
    StatementVersion: "statement version text help evidence reason",
    QuestionnaireItem: "round statement version position",
    Lineage: "round from_statement from_version to_statement to_version change same_meaning reason",
    Decision: "round statement proposal decided reason at",
}
LEFT_OUT: dict[type[Base], str] = {
    # a person, numbers of rows, and what is decided on the server where the study runs
    Study: "id translated data_protection_name data_protection_email lead_name contact_email rehearsal_of archived_at"
    " deletion_due_at names_until names_kept_days names_destroyed_at paper",
    Round: "opens_on stops reminders",
    Amendment: "by",
    Decision: "by",
    Translation: "by",
}


def fact(row: Base) -> Fact:
    """The kept columns of a row as plain values."""
    return {name: _plain(getattr(row, name)) for name in KEPT[type(row)].split()}


def facts(session: Session, kind: type[Base], study_id: int) -> list[Fact]:
    """The kept columns of all rows of a study, in the order of their key."""
    key = [column for column in inspect(kind).primary_key if column.name != "study_id"]
    return [fact(row) for row in session.query(kind).filter_by(study_id=study_id).order_by(*key)]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def row_of(kind: type[Base], values: Mapping[str, Any], **more: Any) -> Base:
    """Make a row from a fact; a missing, an unknown or a wrong value is refused."""
    names = KEPT[kind].split()
    if set(values) != set(names):
        raise Refused(
            "A row of %(table)s has other columns than this version knows. Nothing was imported.",
            table=kind.__tablename__,
        )
    return kind(**{name: _typed(kind, name, values[name]) for name in names}, **more)


def _typed(kind: type[Base], name: str, value: Any) -> Any:
    """Take a value as its column wants it."""
    stored = kind.__table__.c[name].type
    if value is None and kind.__table__.c[name].nullable:
        return None
    try:
        return _fitting(stored, value)
    except (ValueError, TypeError):
        raise Refused(
            "“%(value)s” cannot be %(name)s of %(table)s. Update this server to the version that wrote the bundle, or ask "
            "for a bundle that was not changed. Nothing was imported.",
            value=str(value)[:80],
            name=name,
            table=kind.__tablename__,
        ) from None


def _fitting(stored: TypeEngine[Any], value: Any) -> Any:
    """Read a value of JSON for a type of column; ValueError or TypeError if it does not fit, on either database."""
    plain = stored.impl if isinstance(stored, TypeDecorator) else stored
    wanted = plain.python_type
    if "\x00" in str(value):
        raise ValueError("a character that no database takes")
    if wanted in (datetime, date):
        moment = wanted.fromisoformat(value)
        if not EARLIEST <= moment.year <= LATEST:
            raise ValueError("no year of a study")
        return moment
    if isinstance(stored, Word):
        return stored.vocabulary(value)
    if value is None or (wanted in (str, int, bool) and type(value) is not wanted):
        raise TypeError("another type")
    if wanted is int and abs(value) > LARGEST:
        raise ValueError("a number that is too large")
    if isinstance(plain, String) and plain.length is not None and len(value) > plain.length:
        raise ValueError("a text that is too long")
    return value


def tables_of(bundle: Bundle) -> dict[type[Base], list[dict[str, Any]]]:
    """Rows of a study by table, in the order in which they can be added."""
    facts, statements = bundle.json("protocol/facts.json"), bundle.json("statements/statements.json")
    return {
        StakeholderGroup: facts["groups"],
        Document: bundle.json("instruments/documents.json"),
        Translation: bundle.json(TRANSLATIONS),
        Round: facts["rounds"],
        Statement: statements["statements"],
        StatementVersion: statements["versions"],
        QuestionnaireItem: statements["questionnaires"],
        Lineage: statements["lineage"],
        Decision: statements["decisions"],
        Amendment: bundle.json("protocol/amendments.json"),
    }
