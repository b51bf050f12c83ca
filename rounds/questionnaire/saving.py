"""A panelist's answers: save and submit. Lock, then look, then read the clock (TRUST 8.2)."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.consensus.shipped_scales import SCALES
from delphi.errors import BadInput, NotFound
from delphi.model.rating import AnswerKind
from rounds.participation.taking_part import TakingPart, closed
from rounds.questionnaire import keeping
from rounds.questionnaire.keeping import Sight

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
    answered: frozenset[int] = field(
        default=frozenset(), compare=False
    )  # all answered statements; not kept for a repetition

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
    language: str | None = None,
) -> Saved:
    """Save a page once; the same request again gives the same outcome. One transaction, ended by the edge.

    A page that was changed and sent again (Back, change, send) saves the change: it knows what it saved itself.
    """
    session.flush()
    connection = session.connection()
    link = keeping.hold(connection, part)

    def admit() -> str | None:
        return handed_links.admit(session, part.round)

    known: dict[str, Any] = {"request": request, "language": language, "answered_by": link}
    return save_held(connection, part, answers, remarks, reasons, admit=admit, changeable=True, **known)


def save_held(  # noqa: PLR0913 (who comes, what, and how)
    connection: Connection,
    part: TakingPart,
    answers: Sequence[Answer],
    remarks: Sequence[Remark],
    reasons: Sequence[Remark],
    *,
    request: str,
    answered_by: str | None,
    admit: Callable[[], str | None],
    language: str | None = None,
    changeable: bool = False,
) -> Saved:
    """Save as `save` does, where the participation is locked and the handed link that answered it is known.

    ``admit`` gives the link through which the answers come now, or refuses it as `handed_links.admit` does. ``language`` is
    that of whoever writes, and stands beside comments that are new or changed.

    Raises
    ------
    KeyReused
        The key of another save came again, unless it is that of a page that may be ``changeable``.
    """
    digest = _digest(answers, remarks, reasons)
    by_kind = {
        EntryKind.ANSWER: {a.statement: (a.seen, {"kind": a.kind, "value": a.value}) for a in answers},
        EntryKind.COMMENT: _texts(remarks),
        EntryKind.REASON: _texts(reasons),
    }
    sent = [Entry(kind, statement) for kind, values in by_kind.items() for statement in values]
    sight = keeping.look(connection, part, sent, request)
    earlier, same = _earlier(sight, digest)
    if same:
        return replace(earlier, answered=sight.answered)
    if sight.earlier and not changeable:
        raise KeyReused("This page was sent twice with different answers. Reload it; nothing was changed.")
    if not sight.open:
        raise closed(part.round)
    link = admit()
    if link != answered_by:
        keeping.note_link(connection, part, link)
    _check(sight, answers, sent)
    saved = Saved()
    written = {kind: _apply(kind, _knowing(earlier, kind, values), sight, saved) for kind, values in by_kind.items()}
    written[EntryKind.COMMENT] = {
        statement: (version, {**values, "language": language})
        for statement, (version, values) in written[EntryKind.COMMENT].items()
    }
    outcome = replace(saved, versions={**earlier.versions, **saved.versions})
    keeping.store(connection, part, written, key=request, digest=digest, answer=outcome.written())
    return replace(saved, answered=_answered(sight, answers, saved))


def _answered(sight: Sight, answers: Sequence[Answer], saved: Saved) -> frozenset[int]:
    """Which statements are answered after a save."""
    kept = [answer for answer in answers if Entry(EntryKind.ANSWER, answer.statement) in saved.versions]
    given = {answer.statement for answer in kept if answer.kind is not AnswerKind.CLEARED}
    return sight.answered.difference(answer.statement for answer in kept) | given


def _earlier(sight: Sight, digest: str) -> tuple[Saved, bool]:
    """The outcome of an earlier save of the same key, and whether it was the same save."""
    if sight.earlier is None:
        return Saved(), False
    digest_then, outcome = sight.earlier
    return Saved.read(outcome), digest_then == digest


def _knowing(earlier: Saved, kind: EntryKind, values_of: NewValues) -> NewValues:
    """The values of a page that was changed and sent again: it has seen what it saved itself."""
    return {
        statement: (earlier.versions.get(Entry(kind, statement), seen), values)
        for statement, (seen, values) in values_of.items()
    }


def submit(session: Session, part: TakingPart, *, on: date) -> None:
    """Say "I am finished": reminders stop; answers can still be changed until the close."""
    session.flush()
    connection = session.connection()
    keeping.hold(connection, part)
    if not keeping.look(connection, part, (), "").open:
        raise closed(part.round)
    keeping.finish(connection, part, handed_links.admit(session, part.round), on)


def _check(sight: Sight, answers: Sequence[Answer], sent: Sequence[Entry]) -> None:
    """Refuse what was not asked and what is not on the scale."""
    if any(entry.statement not in sight.asked for entry in sent):
        raise NotFound
    scale = SCALES[sight.scale]
    for answer in answers:
        if (answer.kind is AnswerKind.RATED) != (answer.value in scale.values):
            raise BadInput("An answer is not on the scale; nothing was saved. Reload the page and choose again.")


def _texts(remarks: Sequence[Remark]) -> NewValues:
    return {remark.statement: (remark.seen, {"text": remark.text}) for remark in remarks}


def _apply(kind: EntryKind, values_of: NewValues, sight: Sight, saved: Saved) -> dict[int, keeping.Stored]:
    """What is to be written: what differs from what is stored, where the page knew what is stored; otherwise it is a conflict."""
    rows = {}
    for statement, (seen, values) in values_of.items():
        entry = Entry(kind, statement)
        version, stored = sight.stored.get(entry, (0, None))
        if stored == values:
            saved.versions[entry] = version
        elif version != seen:
            saved.conflicts.append(entry)
        elif version or _says_something(values):
            saved.versions[entry] = seen + 1
            rows[statement] = (seen + 1, values)
    return rows


def _says_something(values: Mapping[str, Any]) -> bool:
    """Whether a first answer is worth a row: clearing what was never given is not."""
    return values.get("kind") is not AnswerKind.CLEARED and values.get("text") != ""


def _digest(*entries: Sequence[Answer] | Sequence[Remark]) -> str:
    body = [[{name: getattr(item, name) for name in item.__slots__} for item in items] for items in entries]
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
