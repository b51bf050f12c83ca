"""What panelists say about themselves: group, characteristics, expertise by section, conflicts of interest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.model.identity import Declaration, Identity
from delphi.model.panel import Panelist
from delphi.model.statement import Statement
from delphi.model.study import StakeholderGroup, Study


class Expertise(StrEnum):
    """How well somebody knows what a section is about, as they see it."""

    WORKS = "works"
    KNOWS = "knows"
    DOES_NOT_KNOW = "does_not_know"


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One thing that the lead asks about every panelist, and why; without options it is answered in words."""

    key: str
    label: str
    purpose: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a study asks of its panelists."""

    groups: tuple[str, ...]
    characteristics: tuple[Characteristic, ...]
    sections: tuple[str, ...]
    conflicts: bool

    def __bool__(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self.groups or self.characteristics or self.sections or self.conflicts)


@dataclass(frozen=True, slots=True)
class Told:
    """What a panelist answers; what is not asked is not here."""

    group: str | None = None
    characteristics: Mapping[str, str] = field(default_factory=dict)
    expertise: Mapping[str, Expertise] = field(default_factory=dict)
    conflict: bool | None = None
    conflict_text: str = ""
    conflict_published: bool = False


def asked_by(session: Session, study: Study) -> Asked:
    """Say what a study asks."""
    groups: Sequence[str] = ()
    if study.group_chosen:
        listed = select(StakeholderGroup.key).where(StakeholderGroup.study_id == study.id)
        groups = session.scalars(listed.order_by(StakeholderGroup.position)).all()
    sections: Sequence[str] = ()
    if study.asks_expertise:
        named = select(Statement.section).where(Statement.study_id == study.id, Statement.section != "")
        sections = tuple(dict.fromkeys(session.scalars(named.order_by(Statement.number))))
    return Asked(
        tuple(groups), tuple(map(_characteristic, study.asked_characteristics)), tuple(sections), study.asks_conflicts
    )


def _characteristic(asked: Mapping[str, Any]) -> Characteristic:
    label = str(asked.get("label") or asked["key"])
    return Characteristic(str(asked["key"]), label, str(asked.get("purpose", "")), tuple(asked.get("options", ())))


def told_by(session: Session, who: Panelist) -> Told:
    """Give what a panelist told already."""
    key = (who.study_id, who.id)
    person, declared = session.get(Identity, key), session.get(Declaration, key)
    told = Told(group=who.stakeholder_group, characteristics=dict(person.characteristics) if person else {})
    if declared is None:
        return told
    return Told(
        told.group,
        told.characteristics,
        {section: Expertise(level) for section, level in declared.expertise.items()},
        declared.conflict,
        declared.conflict_text,
        declared.conflict_published,
    )


def tell(session: Session, study: Study, who: Panelist, told: Told) -> None:
    """Keep what a panelist tells; what the study does not ask is left as it is."""
    asked = asked_by(session, study)
    key = (who.study_id, who.id)
    if asked.groups:
        who.stakeholder_group = told.group if told.group in asked.groups else who.stakeholder_group
    person = session.get(Identity, key)
    if person is not None and asked.characteristics:
        known = {one.key: told.characteristics.get(one.key, "") for one in asked.characteristics}
        person.characteristics = {k: v for k, v in {**person.characteristics, **known}.items() if v}
    if person is not None and (asked.sections or asked.conflicts):
        declared = session.get(Declaration, key) or Declaration(study_id=who.study_id, panelist=who.id, expertise={})
        if asked.sections:
            declared.expertise = {s: told.expertise[s].value for s in asked.sections if s in told.expertise}
        if asked.conflicts:
            declared.conflict = told.conflict
            declared.conflict_text = told.conflict_text if told.conflict else ""
            declared.conflict_published = bool(told.conflict and told.conflict_published)
        session.add(declared)
    session.flush()
