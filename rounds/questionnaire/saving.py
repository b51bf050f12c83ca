"""A panelist's answers: save and submit. Lock, then look, then read the clock (TRUST 8.2)."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.consensus.shipped_scales import SCALES
from delphi.errors import BadInput, NotFound
from delphi.model.rating import AnswerKind, ChangeReason, Comment, Rating, SaveRequest
from delphi.model.round import QuestionnaireItem
from delphi.model.study import Study
from rounds.participation.taking_part import TakingPart, hold, hold_open

AnswerTable = type[Rating] | type[Comment] | type[ChangeReason]
NewValues = Mapping[int, tuple[int, dict[str, Any]]]  # by statement: the version seen, the values


class EntryKind(StrEnum):
    """What a panelist can give to a statement."""

    ANSWER = "answer"
    COMMENT = "comment"
    REASON = "reason"


class Entry(NamedTuple):
    """One thing that a panelist can give: the answer, the comment or the reason of one statement."""

    kind: EntryKind
    statement: int

    @classmethod
    def read(cls, stored: str) -> "Entry":
        """The entry that `written` stored."""
        kind, _dash, statement = stored.partition("-")
        return cls(EntryKind(kind), int(statement))

    def written(self) -> str:
        """The entry as text for a column of JSON: ``answer-3``."""
        return f"{self.kind}-{self.statement}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page sends for one statement; ``seen`` is the version of the answer that the page knew."""

    statement: int
    kind: AnswerKind
    value: int | None
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """A text on one statement (a comment, or the reason for a change), with the version that the page knew."""

    statement: int
    text: str
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save: the new versions, and the entries where another window was first."""

    versions: dict[Entry, int] = field(default_factory=dict)
    conflicts: list[Entry] = field(default_factory=list)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Saved":
        """The outcome of an earlier save, as `written` stored it."""
        versions = {Entry.read(name): version for name, version in stored["versions"].items()}
        return cls(versions, [Entry.read(name) for name in stored["conflicts"]])

    def written(self) -> dict[str, Any]:
        """The outcome for a column of JSON, as version 0.1.0 stored it: a page may repeat a save over an upgrade."""
        return {
            "versions": {entry.written(): version for entry, version in self.versions.items()},
            "conflicts": [entry.written() for entry in self.conflicts],
        }


class KeyReused(BadInput):
    """One save key came with two different bodies."""


def save(
    session: Session,
    part: TakingPart,
    answers: Sequence[Answer],
    remarks: Sequence[Remark] = (),
    reasons: Sequence[Remark] = (),
    *,
    request: str,
) -> Saved:
    """Save answers once; the same request again gives the same outcome. One transaction, ended by the edge."""
    participation = hold(session, part)
    digest = _digest(answers, remarks, reasons)
    if earlier := _earlier(session, part, request, digest):
        return earlier
    hold_open(session, part)
    handed_links.answer(session, participation)
    _check(session, part, answers, [*remarks, *reasons])
    saved = Saved()
    ratings = {a.statement: (a.seen, {"kind": a.kind, "value": a.value}) for a in answers}
    _apply(session, part, EntryKind.ANSWER, ratings, saved)
    _apply(session, part, EntryKind.COMMENT, _texts(remarks), saved)
    _apply(session, part, EntryKind.REASON, _texts(reasons), saved)
    session.add(SaveRequest(**part.columns, key=request, digest=digest, answer=saved.written()))
    session.flush()
    return saved


def _earlier(session: Session, part: TakingPart, request: str, digest: str) -> Saved | None:
    """The outcome of the same request, where it came before."""
    before = session.get(SaveRequest, (*part.key, request))
    if before is None:
        return None
    if before.digest != digest:
        raise KeyReused("This page was sent twice with different answers. Reload it; nothing was changed.")
    return Saved.read(before.answer)


def submit(session: Session, part: TakingPart, *, on: date) -> None:
    """Say "I am finished": reminders stop; answers can still be changed until the close."""
    participation = hold(session, part)
    hold_open(session, part)
    handed_links.answer(session, participation)
    participation.submitted_on = on
    session.flush()


def _check(session: Session, part: TakingPart, answers: Sequence[Answer], remarks: Sequence[Remark]) -> None:
    """Refuse what was not asked and what is not on the scale."""
    asked = set(session.scalars(select(QuestionnaireItem.statement).filter_by(study_id=part.study, round=part.round)))
    if not {a.statement for a in answers} | {r.statement for r in remarks} <= asked:
        raise NotFound
    scale = SCALES[session.scalars(select(Study.scale).where(Study.id == part.study)).one()]
    for answer in answers:
        if (answer.kind is AnswerKind.RATED) != (answer.value in scale.values):
            raise BadInput("An answer is not on the scale; nothing was saved. Reload the page and choose again.")


TABLES: Mapping[EntryKind, AnswerTable] = {
    EntryKind.ANSWER: Rating,
    EntryKind.COMMENT: Comment,
    EntryKind.REASON: ChangeReason,
}


def _texts(remarks: Sequence[Remark]) -> NewValues:
    return {remark.statement: (remark.seen, {"text": remark.text}) for remark in remarks}


def _apply(session: Session, part: TakingPart, kind: EntryKind, values_of: NewValues, saved: Saved) -> None:
    """Write what differs from what is stored, where the page knew what is stored; otherwise it is a conflict."""
    stored = _stored(session, part, TABLES[kind], values_of)
    rows = []
    for statement, (seen, values) in values_of.items():
        row, entry = stored.get(statement), Entry(kind, statement)
        if row is not None and all(getattr(row, name) == value for name, value in values.items()):
            saved.versions[entry] = row.version
        elif (row.version if row else 0) != seen:
            saved.conflicts.append(entry)
        elif row is not None or _says_something(values):
            saved.versions[entry] = seen + 1
            rows.append(part.columns | {"statement": statement} | values | {"version": seen + 1})
    if rows:
        session.execute(_upsert(session, TABLES[kind], rows[0]), rows)


def _stored(session: Session, part: TakingPart, table: AnswerTable, statements: Collection[int]) -> dict[int, Any]:
    """What stands in a table for these statements, read anew: an upsert does not touch objects that were loaded."""
    if not statements:
        return {}
    kind: Any = table  # the tables share the columns used here
    rows = select(kind).filter_by(**part.columns).where(kind.statement.in_(statements))
    return {row.statement: row for row in session.scalars(rows.execution_options(populate_existing=True))}


def _says_something(values: Mapping[str, Any]) -> bool:
    """Whether a first answer is worth a row: clearing what was never given is not."""
    return values.get("kind") is not AnswerKind.CLEARED and values.get("text") != ""


def _upsert(session: Session, table: AnswerTable, row: Mapping[str, Any]) -> Insert:
    """Insert or overwrite by the key, in one statement on either database."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert: Any = dialect.insert(table)
    key = ("study_id", "round", "statement", "panelist")
    upsert: Insert = insert.on_conflict_do_update(
        index_elements=key, set_={name: insert.excluded[name] for name in row if name not in key}
    )
    return upsert


def _digest(*entries: Sequence[Answer] | Sequence[Remark]) -> str:
    body = [[asdict(item) for item in items] for items in entries]
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
