"""Results as pages show them, remembered while their input stays the same: a closed round is computed once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Pool, func, select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Analysis
from delphi.consensus.disclosure.shown_rows import ShownRow, shown_rows
from delphi.consensus.table.rows import consensus_rows
from delphi.consensus.vocabulary import EVERYBODY, Stability
from delphi.model.rating import Rating
from delphi.model.result import Result
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from rounds.results.counts import round_data

Value = TypeVar("Value")
KEPT = 64
READABLE = (State.CLOSED, State.RELEASED)
_memory: "WeakKeyDictionary[Pool, OrderedDict[Hashable, Any]]" = WeakKeyDictionary()


def remembered(session: Session, key: Hashable, make: Callable[[], Value]) -> Value:
    """What was made under this key in this database before, or make it: the key names every input."""
    pool = session.connection().engine.pool  # engines with other options share it; another database has another
    kept = _memory.setdefault(pool, OrderedDict())
    if key not in kept:
        kept[key] = make()
        while len(kept) > KEPT:
            kept.popitem(last=False)
    value: Value = kept[key]
    return value


def input_of(session: Session, study: Study, round_: Round) -> tuple[Hashable, ...]:
    """Name everything that the results of a closed round depend on; answers that were erased since change it."""
    if session.info.get("writing", True):
        return _input_of(session, study, round_)
    # Nothing changes while a page is read, so it is asked once a page.
    asked: dict[tuple[int, int], tuple[Hashable, ...]] = session.info.setdefault("inputs", {})
    if (study.id, round_.number) not in asked:
        asked[study.id, round_.number] = _input_of(session, study, round_)
    return asked[study.id, round_.number]


def _input_of(session: Session, study: Study, round_: Round) -> tuple[Hashable, ...]:
    ratings = select(func.count(), func.sum(Rating.value), func.sum(Rating.version)).where(
        Rating.study_id == study.id, Rating.round == round_.number, Rating.given
    )
    frozen = round_.state is State.RELEASED
    answers = (round_.released_at,) if frozen else tuple(session.execute(ratings).one())
    return (study.id, round_.number, round_.input_sha256, answers, definition_of(study).id, study.smallest_cell)


@dataclass(frozen=True, slots=True)
class PageResults:
    """What pages need of a closed round: its rows as far as they may be shown, and how many statements are stable."""

    rows: list[ShownRow]
    stable: tuple[int, int] | None


def page_rows(session: Session, study: Study, round_: Round) -> list[ShownRow]:
    """The rows of a closed round, the panel and its groups, as far as a page may show them."""
    return _page_results(session, study, round_).rows


def stable_statements(session: Session, study: Study, round_: Round) -> tuple[int, int] | None:
    """How many statements of the panel are stable since the round before, of how many that have enough pairs.

    It counts every statement, also those whose change may not be shown: told in steps of ten per cent, it says
    nothing of a single answer. None where nothing can be compared, as in a first round.
    """
    return _page_results(session, study, round_).stable


def _page_results(session: Session, study: Study, round_: Round) -> PageResults:
    before = session.get(Round, (study.id, round_.number - 1))
    key = ("rows", input_of(session, study, round_), *(input_of(session, study, before) if before else ()))

    def make() -> PageResults:
        earlier = results(session, study, before, by_group=True) if before else []
        rated = {(row["statement"], row["group"]): int(row["n_rated"]) for row in earlier}
        rows = results(session, study, round_, by_group=True)
        words = [row["stable"] for row in rows if row["group"] == EVERYBODY]
        stable, unstable = words.count(Stability.STABLE), words.count(Stability.UNSTABLE)
        counted = (stable, stable + unstable) if stable + unstable else None
        return PageResults(shown_rows(rows, study.smallest_cell, rated), counted)

    return remembered(session, key, make)


def panel_rows(session: Session, study: Study, round_: Round) -> list[ShownRow]:
    """The rows of the whole panel alone."""
    return [row for row in page_rows(session, study, round_) if row["group"] == EVERYBODY]


def analyse(session: Session, study: Study, numbers: list[int]) -> Analysis:
    """Analyse closed rounds: a pure function of their answers and the protocol."""
    return Analysis(definition_of(study), tuple(round_data(session, study, number) for number in numbers))


def results(session: Session, study: Study, round_: Round, *, by_group: bool = False) -> list[dict[str, Any]]:
    """The rows of the consensus table of a round: frozen ones once released, computed ones before."""
    if round_.state is State.RELEASED:
        frozen = (
            select(Result.row)
            .join(
                QuestionnaireItem,
                (QuestionnaireItem.study_id == Result.study_id)
                & (QuestionnaireItem.round == Result.round)
                & (QuestionnaireItem.statement == Result.statement),
            )
            .where(Result.study_id == study.id, Result.round == round_.number)
            .order_by(QuestionnaireItem.position, Result.position)
        )
        return list(session.scalars(frozen if by_group else frozen.where(Result.group == EVERYBODY)))
    return consensus_rows(analyse(session, study, [round_.number]), by_group=by_group)
