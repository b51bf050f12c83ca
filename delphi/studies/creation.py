"""Preparing a study: the template library, and creating a study from it."""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.contents import carrying
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.round import Round
from delphi.model.study import ItemNoun, PersonNoun, Role, Study
from delphi.protocol import groups, information, method
from delphi.statements import questionnaire, statements
from delphi.studies import held_roles
from delphi.studies.designs import StudyPlan, StudyTemplate, method_columns


def create(session: Session, template: StudyTemplate, plan: StudyPlan, *, by: int, at: datetime) -> Study:
    """Create a study with its first wording, its documents and a draft of round 1; ``by`` becomes its owner."""
    _guard_slug(session, plan.slug)
    study = _study(template, plan, at=at)
    session.add(study)
    session.flush()
    held_roles.give(session, study.id, by, Role.OWNER)
    information.begin(session, study, template.information, template.consent)
    groups.declare(session, study, template.groups, targets=template.targets, public=template.public_groups)
    draft = Round(study_id=study.id, number=1)
    session.add(draft)
    session.flush()
    statements.add(session, study, template.statements)
    questionnaire.place(session, study, draft)
    carrying.carry(session, study, template.translations, by=by, at=at)
    audit.record(session, study.id, EventKind.STUDY_CREATED, by=by, at=at, template=template.key)
    return study


def _guard_slug(session: Session, slug: str) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise Refused("The short name may hold small letters, digits and single hyphens. Nothing was created.")
    if session.scalar(select(Study.id).where(Study.slug == slug)) is not None:
        raise Refused(
            "There is a study with the short name “%(slug)s” already. Choose another; nothing was created.", slug=slug
        )


def _study(template: StudyTemplate, plan: StudyPlan, *, at: datetime) -> Study:
    """Make the row of the study; a rule that does not work is refused."""
    study = Study(
        slug=plan.slug,
        title=plan.title or template.title,
        lead_name=plan.lead_name,
        contact_email=plan.contact_email,
        language=template.language or plan.language,
        time_zone=plan.time_zone,
        simulated=plan.simulated,
        notice=plan.notice or (template.notice if plan.simulated else ""),
        rehearsal_of=plan.rehearsal_of,
        asked_characteristics=list(template.characteristics),
        texts={name: text for name, text in template.texts.items() if text},
        created_at=at,
        **{"item_noun": ItemNoun(template.item_noun), "person_noun": PersonNoun(template.person_noun)} | template.asks,
        **method_columns(template, plan),
    )
    try:
        method.definition_of(study)
    except ValueError as error:
        raise Refused("This consensus rule does not work: %(error)s. Nothing was created.", error=error) from None
    return study
