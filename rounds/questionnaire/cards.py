"""The cards of a round for one panelist: statement, own answer, and what the plan shows of the round before.

A bounded number of queries, whatever the size of the panel: feedback comes from the frozen results.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Relation
from delphi.model.rating import AnswerKind, ChangeReason, Comment, Rating
from delphi.model.result import Result
from delphi.model.statement import Lineage
from delphi.model.study import Study
from delphi.protocol.groups import groups_of
from delphi.statements.questionnaire import AskedStatement, asked
from rounds.feedback import FEEDBACK
from rounds.feedback.evidence import NOT_QUALIFIED, Evidence, Source
from rounds.questionnaire.saving import EntryKind
from rounds.seal import texts
from rounds.seal.items import relation_of

MOST_OPTIONS = 11  # a scale with more is answered by a number, not by as many buttons
ResultRow = Mapping[str, Any]
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
    """The cards of a round, without feedback."""
    answers = _own(session, Rating, study, number, panelist)
    remarks = _own(session, Comment, study, number, panelist)
    reasons = _own(session, ChangeReason, study, number, panelist)
    return [
        _card(place, row, answers.get(row.statement), remarks.get(row.statement), reasons.get(row.statement))
        for place, row in enumerate(asked(session, study.id, number).values(), 1)
    ]


def _card(
    place: int, row: AskedStatement, rating: Rating | None, remark: Comment | None, reason: ChangeReason | None
) -> Card:
    return Card(
        place=place,
        statement=row.statement,
        code=row.code,
        section=row.section,
        text=row.text,
        help=row.help,
        evidence=row.evidence,
        answer=_value(rating),
        answer_version=rating.version if rating else 0,
        comment=remark.text if remark else "",
        comment_version=remark.version if remark else 0,
        reason=reason.text if reason else "",
        reason_version=reason.version if reason else 0,
        feedback_round=row.round - 1,
    )


def with_feedback(session: Session, study: Study, number: int, panelist: UUID, shown: Sequence[Card]) -> list[Card]:
    """The cards of one page with what the plan shows of the round before."""
    if number == 1:
        return list(shown)
    evidence = _evidence(session, study, number, panelist, {card.statement: card.text for card in shown})
    plan = shown_forms(session, study.feedback_plan, number - 1)
    return [
        replace(card, feedback=_feedback(plan, evidence[card.statement])) if card.statement in evidence else card
        for card in shown
    ]


def shown_forms(session: Session, plan: Collection[str], number: int) -> Collection[str]:
    """Of the forms of feedback on a round, those that this session may see: not an own answer that is withheld."""
    return {*plan} - {"own_rating"} if number in handed_links.withheld_rounds(session) else plan


def _feedback(plan: Collection[str], evidence: Evidence) -> dict[str, Any]:
    """What the plan shows; every form has its place, and None where there is nothing to show."""
    built = {key: build(evidence) if key in plan else None for key, build in FEEDBACK.items()}
    return built if any(built.values()) else {}


def _value(rating: Rating | None) -> int | str | None:
    if rating is None or not rating.given:
        return None
    return rating.value if rating.kind is AnswerKind.RATED else NOT_QUALIFIED


Entered = TypeVar("Entered", Rating, Comment, ChangeReason)


def _own(session: Session, table: type[Entered], study: Study, number: int, panelist: UUID) -> dict[int, Entered]:
    rows = select(table).filter_by(study_id=study.id, round=number, panelist=panelist)
    return {row.statement: row for row in session.scalars(rows, execution_options=FRESH)}


def _evidence(
    session: Session, study: Study, number: int, panelist: UUID, shown: Mapping[int, str]
) -> dict[int, Evidence]:
    """What may be shown: frozen results, own answers, released comments, earlier wordings."""
    past = _Past(session, study, number - 1, panelist)
    edges, evidence = past.edges_into(session, number), {}
    for statement, text in shown.items():
        into = edges.get(statement, [])
        relation = relation_of(past.asked, statement, into[0] if into else None)
        origins = [edge.from_statement for edge in into] or [statement]
        if relation is not Relation.NEW:
            evidence[statement] = Evidence(
                scale=SCALES[study.scale],
                round=number - 1,
                smallest_cell=study.smallest_cell,
                relation=relation,
                text=text,
                reason=into[0].reason if into else "",
                sources=tuple(past.source(origin) for origin in origins if origin in past.rows),
                comments=tuple(comment for origin in origins for comment in past.comments.get(origin, ())),
                groups=past.declared,
            )
    return evidence


class _Past:
    """What there is of the round before, fetched once."""

    def __init__(self, session: Session, study: Study, number: int, panelist: UUID) -> None:
        self.study_id = study.id
        self.asked = asked(session, study.id, number)
        self.own = _own(session, Rating, study, number, panelist)
        self.rows, self.groups = _frozen(session, study, number)
        self.declared = len(groups_of(session, study)) if "groups" in study.feedback_plan else 0
        self.comments: Mapping[int, Sequence[str]] = {}
        if "comments" in study.feedback_plan:
            self.comments = _released_comments(session, study, number, panelist)

    def edges_into(self, session: Session, number: int) -> dict[int, list[Lineage]]:
        """The edges from what was asked then, by the statement that they lead to."""
        edges: dict[int, list[Lineage]] = {}
        for edge in session.scalars(select(Lineage).filter_by(study_id=self.study_id, round=number)):
            if edge.to_version is not None and edge.from_statement in self.asked:
                edges.setdefault(edge.to_statement, []).append(edge)
        return edges

    def source(self, statement: int) -> Source:
        """One statement of the round before, with its results and the own answer."""
        row = self.asked[statement]
        own, groups = _value(self.own.get(statement)), self.groups.get(statement, {})
        return Source(row.code, row.text, self.rows[statement], own, groups)


def _frozen(
    session: Session, study: Study, number: int
) -> tuple[dict[int, ResultRow], dict[int, dict[str, ResultRow]]]:
    """The released results of the whole panel by statement, and those of its groups where the plan shows them."""
    results = select(Result).filter_by(study_id=study.id, round=number).order_by(Result.position)
    if "groups" not in study.feedback_plan:
        results = results.where(Result.group == "all")
    rows: dict[int, ResultRow] = {}
    groups: dict[int, dict[str, ResultRow]] = {}
    for result in session.scalars(results):
        if result.group == "all":
            rows[result.statement] = result.row
        else:
            groups.setdefault(result.statement, {})[result.group] = result.row
    return rows, groups


def _released_comments(session: Session, study: Study, number: int, reader: UUID) -> dict[int, list[str]]:
    """Released comments by statement, in an order that stays the same for one reader and differs between them."""
    comments_of: dict[int, list[str]] = {}
    for one in texts.released(session, study, [number]):
        comments_of.setdefault(one.statement, []).append(one.text)
    for statement, written in comments_of.items():
        random.Random(f"{reader}/{statement}").shuffle(written)  # noqa: S311 (an order, not a secret)
    return comments_of
