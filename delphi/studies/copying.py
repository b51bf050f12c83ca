"""A study as the design of another one: its protocol, groups, texts and present statements; no person, no answer."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi import access
from delphi.access import Capability
from delphi.contents import carrying
from delphi.errors import NotFound
from delphi.model.account import Account
from delphi.model.round import QuestionnaireItem
from delphi.model.study import Study
from delphi.protocol import groups, information
from delphi.statements import statements
from delphi.statements.statements import NewStatement
from delphi.studies.designs import StudyTemplate, templates

ASKS = (
    "proposal_rounds",
    "open_question",
    "group_chosen",
    "asks_expertise",
    "asks_conflicts",
    "withdrawal_choices",
    "turnout",
    "closing_hours",
    "stale_mark",
    "item_noun",
    "person_noun",
)

COPY = "copy"


def design_called(session: Session, account: Account, key: str) -> StudyTemplate:
    """Find a design of the library, or make one of a study that this account leads: its key is ``copy:`` and a slug."""
    word, colon, slug = key.partition(":")
    if word == COPY and colon:
        return template_of(session, access.study_for(session, account, slug, to=Capability.LEAD))
    if key not in templates():
        raise NotFound
    return templates()[key]


def template_of(session: Session, study: Study) -> StudyTemplate:
    """Make a design of a study, as it stands now."""
    document, declared = information.newest(session, study.id), groups.groups_of(session, study)
    return StudyTemplate(
        key=f"copy of {study.slug}",
        title=study.title,
        scale=study.scale,
        language=study.language,
        scale_words=dict(study.scale_words),
        translations=carrying.taken_along(session, study),
        rule=study.rule,
        rule_settings=dict(study.rule_settings),
        denominator=study.denominator,
        quantile_type=study.quantile_type,
        minimum_n=study.minimum_n,
        smallest_cell=study.smallest_cell,
        level=study.level.value,
        caution=study.caution,
        rounds=study.maximum_rounds,
        stopping_rule=dict(study.stopping_rule),
        settled=study.settled.value,
        unsettled=study.unsettled.value,
        feedback=tuple(study.feedback_plan),
        texts=dict(study.texts),
        information=document.text,
        consent=document.consent,
        notice=study.notice,
        groups=tuple(group.key for group in declared),
        targets={group.key: group.target for group in declared if group.target},
        public_groups=tuple(group.key for group in declared if group.public),
        characteristics=tuple(study.asked_characteristics),
        asks={name: getattr(study, name) for name in ASKS},
        statements=present_statements(session, study),
    )


def present_statements(session: Session, study: Study) -> tuple[NewStatement, ...]:
    """List what the newest round asks, and what enters later; each in its newest wording."""
    last = session.scalar(select(func.max(QuestionnaireItem.round)).filter_by(study_id=study.id)) or 1
    asked = set(session.scalars(select(QuestionnaireItem.statement).filter_by(study_id=study.id, round=last)))
    return tuple(
        NewStatement(
            code=statement.code,
            text=version.text,
            kind=statement.kind,
            section=statement.section,
            help=version.help,
            evidence=version.evidence,
            enters_round=statement.enters_round if last == 1 else max(1, statement.enters_round - last + 1),
        )
        for statement, version in statements.newest(session, study)
        if statement.number in asked or statement.enters_round > last
    )
