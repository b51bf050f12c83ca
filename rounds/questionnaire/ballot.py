"""A panelist's answers: save and submit. Lock, then look, then read the clock (TRUST 8.2)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from delphi.consensus.shipped_scales import SCALES
from delphi.database import locked
from delphi.errors import BadInput, NotFound
from delphi.model.rating import AnswerKind, ChangeReason, Comment, Rating, SaveRequest
from delphi.model.round import Participation, QuestionnaireItem
from delphi.model.study import Study
from rounds.participation.taking_part import Key, _accepting

Table = type[Rating] | type[Comment] | type[ChangeReason]


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
    """What became of a save, by field (``answer-3``): new versions, and the fields where another window was first."""

    versions: dict[str, int]
    conflicts: list[str]


class KeyReused(BadInput):
    """One save key came with two different bodies."""


def save(
    session: Session,
    key: Key,
    answers: Sequence[Answer],
    remarks: Sequence[Remark] = (),
    reasons: Sequence[Remark] = (),
    *,
    request: str,
) -> Saved:
    """Save answers once; the same request again gives the same outcome. One transaction, ended by the edge."""
    taking_part = locked(session, Participation, key)
    if taking_part is None:
        raise NotFound
    digest = _digest(answers, remarks, reasons)
    if (before := session.get(SaveRequest, (*key, request))) is not None:
        if before.digest != digest:
            raise KeyReused("This page was sent twice with different answers. Reload it; nothing was changed.")
        return Saved(**before.answer)
    _accepting(session, key)
    _check(session, key, answers, [*remarks, *reasons])
    outcome = Saved({}, [])
    for name, table, given in (
        ("answer", Rating, {a.statement: (a.seen, {"kind": a.kind, "value": a.value}) for a in answers}),
        ("comment", Comment, _texts(remarks)),
        ("reason", ChangeReason, _texts(reasons)),
    ):
        versions, conflicts = _apply(session, key, table, given)
        outcome.versions.update({f"{name}-{statement}": version for statement, version in versions.items()})
        outcome.conflicts.extend(f"{name}-{statement}" for statement in conflicts)
    session.add(
        SaveRequest(study_id=key[0], round=key[1], panelist=key[2], key=request, digest=digest, answer=asdict(outcome))
    )
    session.flush()
    return outcome


def submit(session: Session, key: Key, *, on: date) -> None:
    """Say "I am finished": reminders stop; answers can still be changed until the close."""
    taking_part = locked(session, Participation, key)
    if taking_part is None:
        raise NotFound
    _accepting(session, key)
    taking_part.submitted_on = on
    session.flush()


def _check(session: Session, key: Key, answers: Sequence[Answer], remarks: Sequence[Remark]) -> None:
    """Refuse what was not asked and what is not on the scale."""
    asked = set(session.scalars(select(QuestionnaireItem.statement).filter_by(study_id=key[0], round=key[1])))
    if not {a.statement for a in answers} | {r.statement for r in remarks} <= asked:
        raise NotFound
    scale = SCALES[session.scalars(select(Study.scale).where(Study.id == key[0])).one()]
    for answer in answers:
        if (answer.kind is AnswerKind.RATED) != (answer.value in scale.values):
            raise BadInput("An answer is not on the scale; nothing was saved. Reload the page and choose again.")


Given = Mapping[int, tuple[int, dict[str, Any]]]  # by statement: the version seen, the values


def _texts(remarks: Sequence[Remark]) -> Given:
    return {remark.statement: (remark.seen, {"text": remark.text}) for remark in remarks}


def _apply(session: Session, key: Key, table: Table, given: Given) -> tuple[dict[int, int], list[int]]:
    """Write what differs from what is stored, where the page knew what is stored; otherwise it is a conflict.

    Gives the new versions by statement, and the statements in conflict.
    """
    if not given:
        return {}, []
    kind: Any = table  # the tables share the columns used here
    stored = {
        row.statement: row
        for row in session.scalars(
            select(kind)
            .filter_by(study_id=key[0], round=key[1], panelist=key[2])
            .where(kind.statement.in_(given))
            .execution_options(populate_existing=True)
        )
    }
    versions, conflicts, rows = {}, [], []
    for statement, (seen, values) in given.items():
        row = stored.get(statement)
        if row is not None and all(getattr(row, name) == value for name, value in values.items()):
            versions[statement] = row.version
        elif (row.version if row else 0) != seen:
            conflicts.append(statement)
        elif row is not None or _says_something(values):
            versions[statement] = seen + 1
            rows.append(
                {"study_id": key[0], "round": key[1], "panelist": key[2], "statement": statement}
                | values
                | {"version": seen + 1}
            )
    if rows:
        session.execute(_upsert(session, table, rows[0]), rows)
    return versions, conflicts


def _says_something(values: Mapping[str, Any]) -> bool:
    """Whether a first answer is worth a row: clearing what was never given is not."""
    return values.get("kind") is not AnswerKind.CLEARED and values.get("text") != ""


def _upsert(session: Session, table: Table, row: Mapping[str, Any]) -> Insert:
    """Insert or overwrite by the key, in one statement on either database."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert: Any = dialect.insert(table)
    key = ("study_id", "round", "statement", "panelist")
    upsert: Insert = insert.on_conflict_do_update(
        index_elements=key, set_={name: insert.excluded[name] for name in row if name not in key}
    )
    return upsert


def _digest(*given: Sequence[Answer] | Sequence[Remark]) -> str:
    body = [[asdict(item) for item in items] for items in given]
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
