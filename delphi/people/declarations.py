"""What panelists say about themselves: group, characteristics, expertise by section, conflicts of interest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.model.identity import Declaration, Identity
from delphi.model.panel import Panelist
from delphi.model.round import group_fixed
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
class Questions:
    """What a study asks its panelists about themselves."""

    groups: tuple[str, ...]
    characteristics: tuple[Characteristic, ...]
    sections: tuple[str, ...]
    conflicts: bool

    def __bool__(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self.groups or self.characteristics or self.sections or self.conflicts)


@dataclass(frozen=True, slots=True)
class SelfDescription:
    """What a panelist says about themselves; what is not asked is not here."""

    group: str | None = None
    characteristics: Mapping[str, str] = field(default_factory=dict)
    expertise: Mapping[str, Expertise] = field(default_factory=dict)
    conflict: bool | None = None
    conflict_text: str = ""
    conflict_published: bool = False


def questions_of(session: Session, study: Study) -> Questions:
    """List what a study asks."""
    groups: Sequence[str] = ()
    if study.group_chosen:
        listed = select(StakeholderGroup.key).where(StakeholderGroup.study_id == study.id)
        groups = session.scalars(listed.order_by(StakeholderGroup.position)).all()
    sections: Sequence[str] = ()
    if study.asks_expertise:
        query = select(Statement.section).where(Statement.study_id == study.id, Statement.section != "")
        sections = tuple(dict.fromkeys(session.scalars(query.order_by(Statement.number))))
    return Questions(
        tuple(groups), tuple(map(_characteristic, study.asked_characteristics)), tuple(sections), study.asks_conflicts
    )


def _characteristic(question: Mapping[str, Any]) -> Characteristic:
    key = str(question["key"])
    label = str(question.get("label") or key)
    return Characteristic(key, label, str(question.get("purpose", "")), tuple(question.get("options", ())))


def description_of(session: Session, panelist: Panelist) -> SelfDescription:
    """Collect what a panelist said already."""
    key = (panelist.study_id, panelist.id)
    identity, declaration = session.get(Identity, key), session.get(Declaration, key)
    description = SelfDescription(
        group=panelist.stakeholder_group, characteristics=dict(identity.characteristics) if identity else {}
    )
    if declaration is None:
        return description
    return replace(
        description,
        expertise={section: Expertise(level) for section, level in declaration.expertise.items()},
        conflict=declaration.conflict,
        conflict_text=declaration.conflict_text,
        conflict_published=declaration.conflict_published,
    )


def declared(session: Session, panelist: Panelist) -> bool:
    """Whether a panelist has told of their expertise or interests."""
    return session.get(Declaration, (panelist.study_id, panelist.id)) is not None


def save(session: Session, study: Study, panelist: Panelist, description: SelfDescription) -> None:
    """Keep what a panelist says; what the study does not ask is left as it is."""
    questions = questions_of(session, study)
    if description.group in questions.groups and not group_fixed(session, study.id, panelist.id):
        panelist.stakeholder_group = description.group
    identity = session.get(Identity, (panelist.study_id, panelist.id))
    if identity is not None and questions.characteristics:
        answers = {one.key: description.characteristics.get(one.key, "") for one in questions.characteristics}
        known = {**identity.characteristics, **answers}
        identity.characteristics = {name: value for name, value in known.items() if value}
    if identity is not None and (questions.sections or questions.conflicts):
        _declare(session, panelist, questions, description)
    session.flush()


def _declare(session: Session, panelist: Panelist, questions: Questions, description: SelfDescription) -> None:
    """Keep expertise and conflicts of interest, each where it is asked."""
    key = (panelist.study_id, panelist.id)
    declaration = session.get(Declaration, key) or Declaration(study_id=key[0], panelist=key[1], expertise={})
    if questions.sections:
        levels = description.expertise
        declaration.expertise = {name: levels[name].value for name in questions.sections if name in levels}
    if questions.conflicts:
        declaration.conflict = description.conflict
        declaration.conflict_text = description.conflict_text if description.conflict else ""
        declaration.conflict_published = bool(description.conflict and description.conflict_published)
    session.add(declaration)
