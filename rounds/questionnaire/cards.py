"""The cards of a round for one panelist: statement, own answer, and what the plan shows of the round before.

A bounded number of queries, whatever the size of the panel: feedback comes from the frozen results.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import Relation
from delphi.contents.asked import sections_in, texts_in
from delphi.contents.piece import Piece
from delphi.contents.reading import Contents
from delphi.model.rating import AnswerKind, ChangeReason, Comment, Rating
from delphi.model.round import QuestionnaireItem
from delphi.model.study import Study
from delphi.statements.questionnaire import asked_query
from rounds.feedback import FEEDBACK, comments
from rounds.feedback.evidence import NOT_QUALIFIED, Evidence
from rounds.participation.reading import Remember
from rounds.questionnaire.past import PastRound
from rounds.questionnaire.prepared import at_once
from rounds.questionnaire.saving import EntryKind
from rounds.questionnaire.voices import released_comments
from rounds.seal.items import relation_of

MOST_OPTIONS = 11  # a scale with more is answered by a number, not by as many buttons
ENTERED: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "answer": (Rating, ("kind", "value")),
    "comment": (Comment, ("text", "language")),
    "reason": (ChangeReason, ("text",)),
}


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
    shared: Hashable = None  # the name under which it may be kept as it is drawn; None where it may not

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


def _query() -> Any:
    """A questionnaire with what one panelist gave to it; it is ORM, so that it is narrowed in a handed session."""
    query, item = asked_query(), QuestionnaireItem
    for kind, (table, names) in ENTERED.items():
        mine = and_(table.study_id == item.study_id, table.round == item.round, table.statement == item.statement)
        query = query.outerjoin(table, and_(mine, table.panelist == bindparam("panelist")))
        query = query.add_columns(*(getattr(table, name).label(f"{kind}_{name}") for name in (*names, "version")))
    return query


CARDS = _query()


def cards(session: Session, study: Study, number: int, panelist: UUID) -> list[Card]:
    """The cards of a round, without feedback."""
    return cards_and_past(session, study, [number], panelist)[0]


def cards_and_past(
    session: Session, study: Study, numbers: Sequence[int], panelist: UUID
) -> tuple[list[Card], dict[int, int | str | None]]:
    """The cards of the last of some rounds, and by statement what the panelist answered in the others."""
    rows = session.execute(CARDS, {"study": study.id, "rounds": numbers, "panelist": panelist}).all()
    asked_now = [row for row in rows if row.round == numbers[-1]]
    past = {row.statement: _value(row.answer_kind, row.answer_value) for row in rows if row.round != numbers[-1]}
    return [_card(place, row) for place, row in enumerate(asked_now, 1)], past


def cards_and_own(
    session: Session, study: Study, number: int, panelist: UUID
) -> tuple[list[Card], dict[tuple[int, int], int | str]]:
    """The cards of a round, and by round and statement what the panelist answered until then."""
    numbers = range(min(1, number), number + 1)
    rows = session.execute(CARDS, {"study": study.id, "rounds": numbers, "panelist": panelist}).all()
    asked = [row for row in rows if row.round == number]
    own = {(row.round, row.statement): _value(row.answer_kind, row.answer_value) for row in rows}
    given = {key: value for key, value in own.items() if value is not None}
    return [_card(place, row) for place, row in enumerate(asked, 1)], given


def _card(place: int, row: Any) -> Card:
    return Card(
        place=place,
        statement=row.statement,
        code=row.code,
        section=row.section,
        text=row.text,
        help=row.help,
        evidence=row.evidence,
        answer=_value(row.answer_kind, row.answer_value),
        answer_version=row.answer_version or 0,
        comment=Piece(row.comment_text, row.comment_language) if row.comment_language else row.comment_text or "",
        comment_version=row.comment_version or 0,
        reason=row.reason_text or "",
        reason_version=row.reason_version or 0,
        feedback_round=row.round - 1,
    )


def cards_in(contents: Contents, cards: Sequence[Card]) -> list[Card]:
    """The cards of a round with their texts in a language."""
    sections = sections_in(contents, ((card.statement, card.section) for card in cards))
    return [replace(card, section=sections[card.section], **texts_in(contents, card.statement, card)) for card in cards]


def with_feedback(  # noqa: PLR0913 (whose cards, in which language, and what is known of them)
    session: Session,
    study: Study,
    number: int,
    panelist: UUID,
    shown: Sequence[Card],
    *,
    contents: Contents | None = None,
    own: Mapping[int, int | str | None] | None = None,
    launched: datetime | None = None,
    remember: Remember = at_once,
) -> list[Card]:
    """The cards of one page with what the plan shows of the round before; of a launched round it may be remembered.

    ``own`` is what the panelist answered then, where that is known already.
    """
    contents = contents or Contents.of_source(study)
    first = (study.id, study.created_at, contents.language, study.translated, study.stale_mark, number, launched)
    if number == 1:
        return [replace(card, shared=launched and _name(first, card)) for card in shown]
    shared = ("past", *first, *study.feedback_plan) if launched else None
    past: PastRound = (remember if shared else at_once)(shared, lambda: PastRound.of(session, study, number, contents))
    mine = _own(session, study, number - 1, panelist) if own is None else own
    heard: dict[str, Any] = {"contents": contents, "remember": remember}
    said = (
        released_comments(session, study, [number - 1], panelist, **heard) if "comments" in study.feedback_plan else {}
    )
    evidence = _evidence(contents.scale(study), study, number, shown, past, mine, said)
    plan = shown_forms(session, study.feedback_plan, number - 1)
    keep = remember if shared else at_once
    return [_seen(card, evidence.get(card.statement), plan, shared, keep) for card in shown]


def _seen(
    card: Card,
    found: Evidence | None,
    plan: Collection[str],
    shared: tuple[Hashable, ...] | None,
    remember: Remember,
) -> Card:
    """A card with its feedback: built once for all who answered alike, but for comments, whose order is the reader's."""
    if found is None:
        return replace(card, shared=shared and _name(shared, card))
    name = shared and _name(shared, card, plan, found)
    built = remember(("built", name), lambda: _feedback({*plan} - {"comments"}, found))
    said = comments.build(found) if "comments" in plan else None
    feedback = built | {"comments": said} if said or any(built.values()) else {}
    return replace(card, feedback=feedback, shared=name)


def _name(
    shared: tuple[Hashable, ...], card: Card, plan: Collection[str] = (), evidence: Evidence | None = None
) -> Hashable:
    """The name of a drawn card: its words, and the own answers of the round before, which are marked in it."""
    words = (card.place, card.code, card.section, card.text, card.help, card.evidence)
    if evidence is None:
        return *shared, words
    own = tuple(source.own for source in evidence.sources)
    return *shared, words, evidence.smallest_cell, tuple(sorted(plan)), own


def shown_forms(session: Session, plan: Collection[str], number: int) -> Collection[str]:
    """Of the forms of feedback on a round, those that this session may see: not an own answer that is withheld."""
    return {*plan} - {"own_rating"} if number in handed_links.withheld_rounds(session) else plan


def _feedback(plan: Collection[str], evidence: Evidence) -> dict[str, Any]:
    """What the plan shows; every form has its place, and None where there is nothing to show."""
    return {key: build(evidence) if key in plan else None for key, build in FEEDBACK.items()}


def _value(kind: AnswerKind | None, value: int | None) -> int | str | None:
    return NOT_QUALIFIED if kind is AnswerKind.NOT_QUALIFIED else value


def _own(session: Session, study: Study, number: int, panelist: UUID) -> dict[int, int | str | None]:
    rows = select(Rating.statement, Rating.kind, Rating.value).filter_by(
        study_id=study.id, round=number, panelist=panelist
    )
    return {statement: _value(kind, value) for statement, kind, value in session.execute(rows)}


def _evidence(
    scale: Scale,
    study: Study,
    number: int,
    shown: Iterable[Card],
    past: PastRound,
    mine: Mapping[int, int | str | None],
    said: Mapping[tuple[int, int], Sequence[str]],
) -> dict[int, Evidence]:
    """What may be shown: frozen results, own answers, released comments, earlier wordings."""
    evidence = {}
    for card in shown:
        into = past.edges.get(card.statement, [])
        relation = relation_of(past.asked, card.statement, into[0] if into else None)
        origins = [edge.from_statement for edge in into] or [card.statement]
        if relation is not Relation.NEW:
            evidence[card.statement] = Evidence(
                scale=scale,
                round=number - 1,
                smallest_cell=study.smallest_cell,
                relation=relation,
                text=card.text,
                reason=past.reasons[into[0].from_statement, card.statement] if into else "",
                sources=tuple(past.source(origin, mine.get(origin)) for origin in origins if origin in past.rows),
                comments=tuple(comment for origin in origins for comment in said.get((number - 1, origin), ())),
                groups=past.declared,
                top=past.top,
            )
    return evidence
