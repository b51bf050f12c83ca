"""What the tables must not hold, and how their keys begin (TRUST 3.2, ARCHITECTURE 6)."""

import pytest
from sqlalchemy import Date, DateTime, Time, UniqueConstraint

from delphi.model import load_tables
from delphi.model.base import Base

load_tables()
TABLES = Base.metadata.tables
WITHOUT_CLOCK = (
    "rating",
    "comment",
    "save_request",
    "participation",
    "panelist",
    "panelist_session",
    "access_link",
    "proposal",
    "declaration",
    "acknowledgement",
)
DATES = {
    "participation": {"submitted_on"},
    "panelist": {"declined_on", "withdrawn_on"},
    "panelist_session": {"expires_on"},
    "access_link": {"minted_on"},
    "consent": {"given_on"},
}
ABOVE = {
    "account",
    "account_invitation",
    "account_session",
    "account_subject",
    "study",
    "link_request",
    "attempt",
    "attempt_key",
    "sent_form",
}


@pytest.mark.parametrize("name", [*WITHOUT_CLOCK, "consent"])
def test_no_clock_and_no_serial_stands_beside_an_answer(name):
    columns = TABLES[name].columns
    assert not [c.name for c in columns if isinstance(c.type, DateTime | Time) or (getattr(c.type, "impl_instance", 0)
                and isinstance(c.type.impl_instance, DateTime))]  # fmt: skip
    assert {c.name for c in columns if isinstance(c.type, Date)} == DATES.get(name, set())
    assert TABLES[name].autoincrement_column is None


@pytest.mark.parametrize("table", [t for t in TABLES.values() if t.name not in ABOVE], ids=str)
def test_a_key_begins_with_the_study(table):
    assert next(iter(table.primary_key.columns)).name == "study_id"
    for key in table.foreign_key_constraints:
        if key.referred_table.name != "account":
            assert key.column_keys[0] == "study_id"
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            assert next(iter(constraint.columns)).name == "study_id"


def unique_sets(table):
    """Columns that are unique together: by a constraint, or by an index."""
    yield from ([column.name for column in c.columns] for c in table.constraints if isinstance(c, UniqueConstraint))
    yield from ([column.name for column in index.columns] for index in table.indexes if index.unique)


def test_the_tables_of_studies_can_be_distributed_by_study():
    """What Citus asks of a table that is spread by a column, and of those beside it."""
    spread = {name: table for name, table in TABLES.items() if name not in ABOVE}
    assert len(spread) > 20
    for name, table in spread.items():
        assert all("study_id" in columns for columns in unique_sets(table)), name
        for key in table.foreign_key_constraints:
            pairs = {(element.parent.name, element.column.name) for element in key.elements}
            there = key.referred_table.name
            wanted = ("study_id", "id") if there == "study" else ("study_id", "study_id")
            assert there == "account" or wanted in pairs, (name, there)
    accounts = {key.referred_table.name for name in ABOVE for key in TABLES[name].foreign_key_constraints}
    assert accounts <= {"account", "study"}


def test_no_road_leads_from_an_answer_to_a_name():
    pointing = {
        t.name for t in TABLES.values() for key in t.foreign_key_constraints if key.referred_table.name == "identity"
    }
    assert pointing == set()


@pytest.mark.parametrize("name", ["rating", "comment", "participation", "save_request", "proposal", "acknowledgement"])
def test_an_answer_has_no_rowid(name):
    assert TABLES[name].dialect_options["sqlite"]["with_rowid"] is False
