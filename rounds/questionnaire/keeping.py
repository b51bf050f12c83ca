"""The statements of one save, made once: everything is looked at in one query under the locks, and written in two.

They are Core and not ORM, so no session narrows them (`delphi.handed_links`): `handed_links.admit` comes between looking
and using what was seen.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, String, and_, bindparam, cast, false, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from delphi.database import clock_column, moment_of
from delphi.errors import NotFound
from delphi.fixed_sql import FixedStatement
from delphi.model.rating import AnswerKind, ChangeReason, Comment, Rating, SaveRequest
from delphi.model.round import Participation, QuestionnaireItem, Round
from delphi.model.study import Study
from rounds.participation.taking_part import TakingPart, takes_answers

KEY = ("study_id", "round", "statement", "panelist")
VALUES: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "answer": (Rating.__table__, ("kind", "value")),
    "comment": (Comment.__table__, ("text",)),
    "reason": (ChangeReason.__table__, ("text",)),
}
BESIDE: Mapping[str, tuple[str, ...]] = {"comment": ("language",)}  # kept with an entry, and no part of what was given
Stored = tuple[int, dict[str, Any]]  # the version, and the values by name


@dataclass(frozen=True, slots=True)
class Sight:
    """What stands in the database for a save, seen under its locks; entries by their kind and statement."""

    open: bool
    scale: str
    earlier: tuple[str, dict[str, Any]] | None
    asked: frozenset[int]
    answered: frozenset[int]
    stored: Mapping[tuple[str, int], Stored]


def _own(table: Any) -> Any:
    """The rows of a table that belong to the participation of the save."""
    return and_(
        table.c.study_id == bindparam("own_study"),
        table.c.round == bindparam("own_round"),
        table.c.panelist == bindparam("own_panelist"),
    )


def _parameters(part: TakingPart) -> dict[str, Any]:
    return {"own_study": part.study, "own_round": part.round, "own_panelist": part.panelist}


PARTICIPATION: Any = Participation.__table__
OWN_PARTICIPATION = _own(PARTICIPATION)
HOLD = FixedStatement(select(PARTICIPATION.c.handed_link).where(OWN_PARTICIPATION).with_for_update())
NOTE_LINK = FixedStatement(update(PARTICIPATION).where(OWN_PARTICIPATION).values(handed_link=bindparam("link")))
FINISH = FixedStatement(
    update(PARTICIPATION).where(OWN_PARTICIPATION).values(handed_link=bindparam("link"), submitted_on=bindparam("on"))
)
RATING: Any = Rating.__table__
REQUEST: Any = SaveRequest.__table__
REQUEST_KEY = ("study_id", "round", "panelist", "key")


def hold(connection: Connection, part: TakingPart) -> str | None:
    """Lock the participation, and say through which handed link it is answered."""
    rows = HOLD.rows(connection, _parameters(part))
    if not rows:
        raise NotFound
    return rows[0].handed_link  # type: ignore[no-any-return]  # a row of Core has no types


def note_link(connection: Connection, part: TakingPart, link: str | None) -> None:
    """Note through which handed link the round is answered."""
    NOTE_LINK.run(connection, {**_parameters(part), "link": link})


def finish(connection: Connection, part: TakingPart, link: str | None, on: date) -> None:
    """Note the day of submitting, and through which handed link it came."""
    FINISH.run(connection, {**_parameters(part), "link": link, "on": on})


@cache
def _looking(dialect: str, kinds: tuple[str, ...], statements: int) -> FixedStatement:
    """One query for these kinds of entries of so many statements; the round is locked against a close before the clock is read."""
    round_: Any = Round.__table__
    study: Any = Study.__table__
    item: Any = QuestionnaireItem.__table__
    own = and_(round_.c.study_id == bindparam("own_study"), round_.c.number == bindparam("own_round"))
    times = select(round_.c.opened_at, round_.c.closes_at, round_.c.closed_at).where(own)
    held = times.with_for_update(read=True).subquery("held")
    listed = and_(
        item.c.study_id == bindparam("own_study"),
        item.c.round == bindparam("own_round"),
        item.c.statement.in_([bindparam(f"statement_{n}", type_=Integer) for n in range(statements)])
        if statements
        else false(),
    )
    source: Any = held.join(study, study.c.id == bindparam("own_study"))
    source = source.outerjoin(REQUEST, and_(_own(REQUEST), REQUEST.c.key == bindparam("request")))
    source = source.outerjoin(item, listed)
    columns = [*held.c, clock_column(dialect).label("now"), study.c.scale, REQUEST.c.digest, REQUEST.c.answer]
    given = and_(_own(RATING), RATING.c.kind != AnswerKind.CLEARED)
    joined = func.string_agg if dialect == "postgresql" else func.group_concat
    answered = select(joined(cast(RATING.c.statement, String), ",")).where(given).correlate(None)
    columns += [answered.scalar_subquery().label("answered"), item.c.statement]
    for kind in kinds:
        table, names = VALUES[kind]
        source = source.outerjoin(table, and_(_own(table), table.c.statement == item.c.statement))
        columns += [table.c[name].label(f"{kind}_{name}") for name in (*names, "version")]
    return FixedStatement(select(*columns).select_from(source))


def look(connection: Connection, part: TakingPart, sent: Collection[tuple[str, int]], request: str) -> Sight:
    """Lock the round against a close, and see all that the save of these entries needs; the participation is held already."""
    kinds = tuple(kind for kind in VALUES if any(kind == one for one, _statement in sent))
    wanted = {f"statement_{n}": statement for n, statement in enumerate({statement for _kind, statement in sent})}
    query = _looking(connection.dialect.name, kinds, len(wanted))
    rows = query.rows(connection, _parameters(part) | wanted | {"request": request})
    if not rows:
        raise NotFound
    first = rows[0]
    return Sight(
        open=takes_answers(first, at=moment_of(first.now)),
        scale=first.scale,
        earlier=None if first.digest is None else (first.digest, first.answer),
        asked=frozenset(row.statement for row in rows if row.statement is not None),
        answered=frozenset(int(statement) for statement in (first.answered or "").split(",") if statement),
        stored=dict(_stored(rows, kinds)),
    )


def _stored(rows: Sequence[Any], kinds: Collection[str]) -> list[tuple[tuple[str, int], Stored]]:
    found = []
    for row in rows:
        for kind in kinds:
            version = getattr(row, f"{kind}_version")
            if version is not None:
                values = {name: getattr(row, f"{kind}_{name}") for name in VALUES[kind][1]}
                found.append(((kind, row.statement), (version, values)))
    return found


def store(
    connection: Connection,
    part: TakingPart,
    written: Mapping[Any, Mapping[int, Stored]],
    *,
    key: str,
    digest: str,
    answer: Mapping[str, Any],
) -> None:
    """Insert or overwrite entries by kind and statement, and keep what the save was answered by the key of its request.

    PostgreSQL takes the usual save, one answer, in one message.
    """
    dialect, acknowledged = connection.dialect.name, part.columns | {"key": key, "digest": digest, "answer": answer}
    rows = {kind: [_row(part, *entry) for entry in entries.items()] for kind, entries in written.items() if entries}
    if dialect == "postgresql" and list(rows) == ["answer"] and len(rows["answer"]) == 1:
        _answer_and_acknowledgement().run(connection, acknowledged | rows["answer"][0])
        return
    for kind, entered in rows.items():
        _upsert(dialect, kind).run(connection, *entered)
    _acknowledgement(dialect).run(connection, acknowledged)


def _row(part: TakingPart, statement: int, stored: Stored) -> dict[str, Any]:
    """The values of an entry, as `_entering` names them."""
    version, values = stored
    row = part.columns | {"statement": statement, "version": version} | values
    return {f"entered_{name}": value for name, value in row.items()}


def _entering(dialect: str, kind: str) -> Any:
    """Insert or overwrite by the key, in one statement on either database."""
    table, names = VALUES[kind]
    given = (*names, *BESIDE.get(kind, ()), "version")
    entered: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    entered = entered.values({name: bindparam(f"entered_{name}") for name in (*KEY, *given)})
    return entered.on_conflict_do_update(index_elements=KEY, set_={name: entered.excluded[name] for name in given})


def _acknowledging(dialect: str) -> Any:
    """Keep what a save was answered; the newest where a page was changed and sent again."""
    entered: Any = (postgresql if dialect == "postgresql" else sqlite).insert(REQUEST)
    newest = {name: entered.excluded[name] for name in ("digest", "answer")}
    return entered.on_conflict_do_update(index_elements=REQUEST_KEY, set_=newest)


@cache
def _upsert(dialect: str, kind: str) -> FixedStatement:
    return FixedStatement(_entering(dialect, kind))


@cache
def _acknowledgement(dialect: str) -> FixedStatement:
    return FixedStatement(_acknowledging(dialect))


@cache
def _answer_and_acknowledgement() -> FixedStatement:
    entering = _entering("postgresql", "answer").cte("entered")
    return FixedStatement(_acknowledging("postgresql").add_cte(entering))
