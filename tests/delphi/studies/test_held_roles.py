"""Separated duties: who ever saw names never reads single answers, nor the other way round; two owners; the panel is told."""

import re
from pathlib import Path

import pytest
from builders import LATER, NOW, account
from sqlalchemy import select

import delphi
from delphi import access
from delphi.access import Capability
from delphi.errors import NotFound, Refused
from delphi.letters import content
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.study import HeldRole, Level, Membership, Role
from delphi.studies import held_roles, team
from rounds.lifecycle import lifecycle


@pytest.fixture
def separated(cast):
    """Ada's study with separated duties and a second owner, Olga."""
    cast.study.level = Level.SEPARATED
    cast.olga = team.invite(cast.session, cast.study, "olga@example.org", Role.OWNER, by=cast.ada.id, at=NOW)
    return cast


def invite(cast, name="stat", role=Role.STATISTICIAN):
    return team.invite(cast.session, cast.study, f"{name}@example.org", role, by=cast.ada.id, at=NOW)


def test_a_statistician_reads_rows_once_a_second_owner_confirms(separated):
    stat = invite(separated)
    assert access.capabilities(separated.session, stat, separated.study) == {Capability.READ}
    with pytest.raises(NotFound):
        access.study_for(separated.session, stat, "care", to=Capability.ANALYSE)
    with pytest.raises(Refused, match="another owner"):
        held_roles.confirm(separated.session, separated.study, stat.id, by=separated.ada.id, at=NOW)
    held_roles.confirm(separated.session, separated.study, stat.id, by=separated.olga.id, at=NOW)
    may = access.capabilities(separated.session, stat, separated.study)
    assert may == {Capability.READ, Capability.DESK, Capability.ANALYSE, Capability.ROWS}
    assert separated.events()[-1] == "team:confirmed"
    with pytest.raises(Refused, match="nothing to confirm"):
        held_roles.confirm(separated.session, separated.study, stat.id, by=separated.olga.id, at=NOW)


def test_only_a_statistician_reads_rows():
    assert {role for role, may in access.ALLOWED.items() if Capability.ROWS in may} == {Role.STATISTICIAN}
    assert not access.ALLOWED[Role.STATISTICIAN] & {Capability.ROSTER, Capability.MODERATE, Capability.LEAD}


@pytest.mark.parametrize("role", [Role.OWNER, Role.PANEL_MANAGER, Role.MODERATOR])
def test_whoever_ever_saw_names_cannot_be_statistician(separated, role):
    seen = invite(separated, "seen", role)
    with pytest.raises(Refused, match="could see names"):
        team.change_role(separated.session, separated.study, seen.id, Role.STATISTICIAN, by=separated.ada.id, at=NOW)
    team.change_role(separated.session, separated.study, seen.id, Role.VIEWER, by=separated.ada.id, at=NOW)
    team.remove(separated.session, separated.study, seen.id, by=separated.ada.id, at=NOW)
    with pytest.raises(Refused, match="could see names"):
        invite(separated, "seen")


@pytest.mark.parametrize("role", [Role.OWNER, Role.PANEL_MANAGER, Role.MODERATOR])
def test_a_statistician_never_gets_a_role_that_sees_names(separated, role):
    stat = invite(separated)
    team.change_role(separated.session, separated.study, stat.id, Role.ANALYST, by=separated.ada.id, at=NOW)
    with pytest.raises(Refused, match="was the statistician"):
        team.change_role(separated.session, separated.study, stat.id, role, by=separated.ada.id, at=NOW)


@pytest.mark.parametrize("level", [Level.SEALED, Level.OPEN_ROWS])
def test_only_separated_duties_have_a_statistician(separated, level):
    separated.study.level = level
    with pytest.raises(Refused, match="separated duties"):
        invite(separated)


def test_a_statistician_needs_two_owners(cast):
    cast.study.level = Level.SEPARATED
    with pytest.raises(Refused, match="second owner"):
        invite(cast)


def test_a_new_role_is_confirmed_anew(separated):
    stat = invite(separated)
    held_roles.confirm(separated.session, separated.study, stat.id, by=separated.olga.id, at=NOW)
    for role in (Role.VIEWER, Role.STATISTICIAN):
        team.change_role(separated.session, separated.study, stat.id, role, by=separated.olga.id, at=NOW)
    assert access.statisticians(separated.session, separated.study) == []
    with pytest.raises(Refused, match="another owner"):
        held_roles.confirm(separated.session, separated.study, stat.id, by=separated.olga.id, at=NOW)


def test_the_panel_is_told_by_letter_who_it_is(separated):
    session, stat = separated.session, invite(separated)
    lifecycle.launch(session, separated.study, separated.draft, closes_at=LATER, by=separated.ada.id, at=NOW)
    held_roles.confirm(session, separated.study, stat.id, by=separated.olga.id, at=NOW)
    letters = session.scalars(select(Letter).filter_by(kind=LetterKind.STATISTICIAN)).all()
    assert {letter.panelist for letter in letters} == set(separated.panel)
    panelist = session.get_one(Panelist, (separated.study.id, letters[0].panelist))
    facts = content.facts_of(session, letters[0], separated.study, panelist, at=NOW)
    assert facts["named"] == ["stat@example.org"]
    team.remove(session, separated.study, stat.id, by=separated.ada.id, at=NOW)
    assert content.facts_of(session, letters[0], separated.study, panelist, at=NOW) is None


def test_before_the_first_invitation_nobody_gets_a_letter(separated):
    stat = invite(separated)
    held_roles.confirm(separated.session, separated.study, stat.id, by=separated.olga.id, at=NOW)
    assert separated.session.scalars(select(Letter)).all() == []


def test_every_membership_of_the_cast_is_held(cast):
    members = cast.session.execute(select(Membership.study_id, Membership.account, Membership.role)).all()
    held = cast.session.execute(select(HeldRole.study_id, HeldRole.account, HeldRole.role)).all()
    assert set(members) == set(held)
    assert account(cast.session, "nobody").id not in {row.account for row in held}


def test_one_function_alone_makes_a_membership():
    root = Path(delphi.__file__).parents[1]
    made = [
        path.relative_to(root).as_posix()
        for folder in ("delphi", "rounds", "exports")
        for path in root.joinpath(folder).rglob("*.py")
        if re.search(r"(?<!class )\bMembership\((?!Base)", path.read_text(encoding="utf-8"))
    ]
    assert made == ["delphi/studies/held_roles.py"]
