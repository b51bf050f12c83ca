"""Preparing a study: the template library, the protocol, the tables' own types, access."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from builders import NOW, SMALL, account, people, study
from sqlalchemy import select

from delphi import access, dates
from delphi.access import Capability
from delphi.errors import NotFound, Refused
from delphi.letters import content, message
from delphi.model.base import UtcDateTime
from delphi.model.identity import Identity
from delphi.model.letter import LetterKind
from delphi.model.panel import PanelistSession
from delphi.model.study import Harm, Level, Role, StakeholderGroup, Study, Turnout
from delphi.people import roster
from delphi.protocol import method
from delphi.statements import questionnaire, statements
from delphi.statements.statements import NewStatement
from delphi.studies import copying, creation, designs, held_roles
from rounds.rehearsal import rehearsal
from rounds.rehearsal.answers import RehearsalSettings

PLAN = designs.StudyPlan(slug="new", title="", lead_name="Ada", contact_email="ada@example.org")


@pytest.mark.parametrize("key", designs.templates())
def test_a_template_of_the_library_becomes_a_study(cast, key):
    template = designs.templates()[key]
    made = creation.create(cast.session, template, PLAN, by=cast.ada.id, at=NOW)
    assert made.title == template.title
    made.harm = Harm.UNKNOWN
    method.lock(cast.session, made, by=cast.ada.id, at=NOW)
    assert made.protocol_sha256 == method.sha256(method.document(made))


@pytest.mark.parametrize("slug", ["", "Care", "a b", "-a", "a--b", "é"])
def test_a_short_name_is_small_letters_digits_and_hyphens(cast, slug):
    with pytest.raises(Refused):
        creation.create(cast.session, SMALL, replace(PLAN, slug=slug), by=cast.ada.id, at=NOW)


def test_a_short_name_is_used_once(cast):
    with pytest.raises(Refused, match="already"):
        creation.create(cast.session, SMALL, replace(PLAN, slug="care"), by=cast.ada.id, at=NOW)


def test_a_protocol_is_locked_once(cast):
    with pytest.raises(Refused, match="locked already"):
        method.lock(cast.session, cast.study, by=cast.ada.id, at=NOW)


def test_the_fingerprint_changes_with_the_method(cast):
    before = method.sha256(method.document(cast.study))
    cast.study.smallest_cell = 7
    assert method.sha256(method.document(cast.study)) != before


def test_an_import_adds_new_groups_behind_the_known_ones(cast):
    made = study(cast.session, cast.ada, "grouped", panelists=0)
    roster.add(cast.session, made, people(4, ("peers", "doctors")))
    keys = select(StakeholderGroup.key).filter_by(study_id=made.id).order_by(StakeholderGroup.position)
    assert cast.session.scalars(keys).all() == ["nurses", "peers", "doctors"]


def test_characteristics_leave_as_totals(cast):
    person = cast.session.scalars(select(Identity).filter_by(study_id=cast.study.id)).first()
    person.characteristics = {"country": "Austria"}
    cast.session.flush()
    assert roster.characteristic_counts(cast.session, cast.study, "country") == {"Austria": 1}


def test_statements_stand_by_kind_and_section(cast):
    new = [
        NewStatement("R1", "Pay.", kind=statements.Kind.RECOMMENDATION),
        NewStatement("B1", "B", section="B"),
        NewStatement("A1", "A", section="A"),
        NewStatement("B2", "B", section="B"),
    ]
    added = statements.add(cast.session, study(cast.session, cast.ada, "order", statements=()), new)
    assert [s.code for s in questionnaire.in_order(added)] == ["B1", "B2", "A1", "R1"]


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_it_allows_and_nothing_else(cast, role):
    who = account(cast.session, "someone")
    held_roles.give(cast.session, cast.study.id, who.id, role, confirmed_by=cast.ada.id)
    for capability in Capability:
        if capability in access.ALLOWED[role]:
            assert access.study_for(cast.session, who, "care", to=capability) is cast.study
        else:
            with pytest.raises(NotFound):
                access.study_for(cast.session, who, "care", to=capability)


def test_a_stranger_may_do_nothing(cast):
    assert access.capabilities(cast.session, cast.cleo, cast.study) == frozenset()
    assert access.studies_of(cast.session, cast.cleo) == [cast.foreign]


def test_a_panelists_session_ends_with_its_day(cast):
    key = {"study_id": cast.study.id, "panelist": cast.panel[0], "grant_sha256": access.sha256("grant")}
    cast.session.add(PanelistSession(expires_on=NOW.date(), **key))
    cast.session.flush()
    assert access.session_holder(cast.session, "grant", today=NOW.date())[1].id == cast.panel[0]
    for grant, day in (("grant", NOW.date() + timedelta(days=1)), ("other", NOW.date()), (None, NOW.date())):
        with pytest.raises(NotFound):
            access.session_holder(cast.session, grant, today=day)


def test_a_time_without_a_zone_is_refused(cast):
    with pytest.raises(ValueError, match="needs its zone"):
        UtcDateTime().process_bind_param(datetime(2027, 3, 1), None)  # noqa: DTZ001 (that is the point)


def test_times_come_back_in_utc(cast):
    cast.session.expire_all()
    assert cast.session.scalars(select(Study.created_at).limit(1)).one() == NOW


def test_the_end_of_a_day_is_counted_in_the_studys_zone():
    end = dates.end_of_day(NOW, "Pacific/Auckland", days=1)
    assert dates.in_words(end, "Pacific/Auckland").endswith("23:59 (Auckland time)")
    assert dates.zone_in_words("UTC") == "UTC"


@pytest.mark.parametrize("kind", sorted(set(LetterKind) - {LetterKind.REMINDER}))
@pytest.mark.parametrize("number", [1, 2])
def test_a_letter_has_one_subject_line_and_its_link_alone_on_a_line(kind, number):
    facts = {
        "study": SimpleNamespace(title="Care\nBcc: evil@example.org", notice="Simulated.", lead_name="Ada", language="en",
                                 contact_email="ada@example.org", names_kept_days=30, names_until=NOW.date(),
                                 maximum_rounds=3, protocol_sha256="0" * 64),
        "round": SimpleNamespace(number=number), "items": 3, "done": 1, "minutes": 2, "closes": "soon",
        "reason": "holidays", "link": "http://link", "signing_key": "A" * 43 + "=", "consent": SimpleNamespace(given_on=NOW.date()),
        "named": ["stat@example.org"],
        "document": SimpleNamespace(version=1, text="Text", reason="A level"), "withdrawn_on": NOW.date(),
        "closed": "today", "counted": {1: 3}, "kept": {2: 1}, "last_day": False,
    }  # fmt: skip
    if kind is LetterKind.CONSENT:
        facts["items"] = ["I may stop at any time."]
    subject, text = message.write(content.template_of(SimpleNamespace(kind=kind), facts), facts)
    assert "\n" not in subject
    assert ("http://link" in text.splitlines()) is (kind in content.WITH_LINK)
    assert "Simulated." in text


def test_a_copy_proposes_the_level_and_asks_again(cast):
    cast.study.level, cast.study.caution, cast.study.turnout = Level.SEPARATED, 3, Turnout.KEPT
    template = copying.template_of(cast.session, cast.study)
    made = creation.create(cast.session, template, PLAN, by=cast.ada.id, at=NOW)
    assert (made.level, made.caution, made.turnout) == (Level.SEPARATED, 3, Turnout.KEPT)
    assert made.harm is None


def test_a_rehearsal_is_played_at_the_level_of_its_study(cast):
    cast.study.level, cast.study.caution = Level.OPEN_ROWS, 1
    copy = rehearsal.begin(cast.session, cast.study, RehearsalSettings(size=6, seed=1), by=cast.ada.id, at=NOW)
    assert (copy.level, copy.caution, copy.harm) == (Level.OPEN_ROWS, 1, Harm.UNKNOWN)
    assert method.document(copy)["level"] == "open_rows"
