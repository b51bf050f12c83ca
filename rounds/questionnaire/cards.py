"""The cards of a round for one panelist: statement, own answer, and what the plan shows of the round before.

A bounded number of queries, whatever the size of the panel: feedback comes from the frozen results.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Relation
from delphi.model.rating import AnswerKind, ChangeReason, Comment, Rating
from delphi.model.result import Result
from delphi.model.round import QuestionnaireItem
from delphi.model.statement import Lineage, Statement, StatementVersion
from delphi.model.study import Study
from rounds.feedback import FEEDBACK
from rounds.feedback.evidence import NOT_QUALIFIED, Evidence, Source
from rounds.questionnaire.ballot import EntryKind
from rounds.results.counts import relation_of

MOST_OPTIONS = 11  # a scale with more is answered by a number, not by as many buttons
Row = Mapping[str, Any]
FRESH = {"populate_existing": True}  # a save by upsert does not touch objects that were loaded before it


@dataclass(frozen=True, slots=True)
class Card:
    """One statement as it stands on a panelist's page."""

    place: int
    statement: int
    code: str
    section: str
    text: str
    help: str
    evidence: str = ""
    answer: int | str | None = None
    answer_version: int = 0
    comment: str = ""
    comment_version: int = 0
    reason: str = ""
    reason_version: int = 0
    feedback: Mapping[str, Any] = field(default_factory=dict)
    feedback_round: int = 0

    @property
    def answered(self) -> bool:
        """Whether there is a rating or a "not qualified"."""
        return self.answer is not None

    def text_of(self, kind: EntryKind) -> str:
        """An entry as its field shows it; nothing for what was not given."""
        value = getattr(self, kind)
        return "" if value is None else str(value)

    def version_of(self, kind: EntryKind) -> int:
        """The version of an entry, 0 for what was not given."""
        version: int = getattr(self, f"{kind}_version")
        return version


def cards(session: Session, study: Study, number: int, panelist: UUID) -> list[Card]:
    """Give the cards of a round, without feedback."""
    asked = _asked(session, study, number)
    answers = _own(session, Rating, study, number, panelist)
    remarks = _own(session, Comment, study, number, panelist)
    reasons = _own(session, ChangeReason, study, number, panelist)
    made = []
    for place, (statement, (item, version)) in enumerate(asked.items(), 1):
        rating, remark, reason = answers.get(statement), remarks.get(statement), reasons.get(statement)
        made.append(
            Card(
                place=place,
                statement=statement,
                code=item.code,
                section=item.section,
                text=version.text,
                help=version.help,
                evidence=version.evidence,
                answer=_given(rating),
                answer_version=rating.version if rating else 0,
                comment=remark.text if remark else "",
                comment_version=remark.version if remark else 0,
                reason=reason.text if reason else "",
                reason_version=reason.version if reason else 0,
                feedback_round=number - 1,
            )
        )
    return made


def with_feedback(session: Session, study: Study, number: int, panelist: UUID, shown: Sequence[Card]) -> list[Card]:
    """Give the cards of one page with what the plan shows of the round before."""
    if number == 1:
        return list(shown)
    evidence = _evidence(session, study, number, panelist, {card.statement: card.text for card in shown})
    return [
        replace(card, feedback=_feedback(study, evidence[card.statement])) if card.statement in evidence else card
        for card in shown
    ]


def _feedback(study: Study, evidence: Evidence) -> dict[str, Any]:
    """Build what the plan shows; every form has its place, and None where there is nothing to show."""
    built = {key: build(evidence) if key in study.feedback_plan else None for key, build in FEEDBACK.items()}
    return built if any(built.values()) else {}


def _given(rating: Rating | None) -> int | str | None:
    if rating is None or not rating.given:
        return None
    return rating.value if rating.kind is AnswerKind.RATED else NOT_QUALIFIED


Asked = dict[int, tuple[Statement, StatementVersion]]


def _asked(session: Session, study: Study, number: int) -> Asked:
    rows = session.execute(
        select(Statement, StatementVersion)
        .join(
            QuestionnaireItem,
            (QuestionnaireItem.study_id == Statement.study_id) & (QuestionnaireItem.statement == Statement.number),
        )
        .join(
            StatementVersion,
            (StatementVersion.study_id == QuestionnaireItem.study_id)
            & (StatementVersion.statement == QuestionnaireItem.statement)
            & (StatementVersion.version == QuestionnaireItem.version),
        )
        .where(QuestionnaireItem.study_id == study.id, QuestionnaireItem.round == number)
        .order_by(QuestionnaireItem.position)
    )
    return {statement.number: (statement, version) for statement, version in rows}


Given = TypeVar("Given", Rating, Comment, ChangeReason)


def _own(session: Session, table: type[Given], study: Study, number: int, panelist: UUID) -> dict[int, Given]:
    mine = select(table).filter_by(study_id=study.id, round=number, panelist=panelist)
    return {row.statement: row for row in session.scalars(mine, execution_options=FRESH)}


def _evidence(
    session: Session, study: Study, number: int, panelist: UUID, shown: Mapping[int, str]
) -> dict[int, Evidence]:
    """Collect what may be shown: frozen results, own answers, released comments, earlier wordings."""
    before = _asked(session, study, number - 1)
    own = _own(session, Rating, study, number - 1, panelist)
    rows, groups = _frozen(session, study, number - 1)
    edges: dict[int, list[Lineage]] = {}
    for edge in session.scalars(select(Lineage).filter_by(study_id=study.id, round=number)):
        if edge.to_version is not None and edge.from_statement in before:
            edges.setdefault(edge.to_statement, []).append(edge)
    voices = _released_comments(session, study, number - 1, panelist) if "comments" in study.feedback_plan else {}
    made = {}
    for statement, text in shown.items():
        mine = edges.get(statement, [])
        relation = relation_of(before, statement, mine[0] if mine else None)
        if relation is Relation.NEW:
            continue
        origins = [edge.from_statement for edge in mine] or [statement]
        made[statement] = Evidence(
            scale=SCALES[study.scale],
            round=number - 1,
            smallest_cell=study.smallest_cell,
            relation=relation,
            text=text,
            reason=mine[0].reason if mine else "",
            sources=tuple(
                Source(before[o][0].code, before[o][1].text, rows[o], _given(own.get(o)), groups.get(o, {}))
                for o in origins
                if o in rows
            ),
            comments=tuple(voice for o in origins for voice in voices.get(o, ())),
        )
    return made


def _frozen(session: Session, study: Study, number: int) -> tuple[dict[int, Row], dict[int, dict[str, Row]]]:
    """Give the released results of the whole panel by statement, and those of its groups where the plan shows them."""
    found = select(Result).filter_by(study_id=study.id, round=number).order_by(Result.position)
    if "groups" not in study.feedback_plan:
        found = found.where(Result.group == "all")
    rows: dict[int, Row] = {}
    groups: dict[int, dict[str, Row]] = {}
    for result in session.scalars(found):
        if result.group == "all":
            rows[result.statement] = result.row
        else:
            groups.setdefault(result.statement, {})[result.group] = result.row
    return rows, groups


def _released_comments(session: Session, study: Study, number: int, reader: UUID) -> dict[int, list[str]]:
    """Give released comments by statement, in an order that stays the same for one reader and differs between them."""
    comments = session.execute(
        select(Comment.statement, Comment.released_text)
        .filter_by(study_id=study.id, round=number)
        .where(Comment.released_text.is_not(None))
        .order_by(Comment.statement, Comment.ticket)
    )
    voices: dict[int, list[str]] = {}
    for statement, text in comments:
        voices.setdefault(statement, []).append(text or "")
    for statement, texts in voices.items():
        random.Random(f"{reader}/{statement}").shuffle(texts)  # noqa: S311 (an order, not a secret)
    return voices
