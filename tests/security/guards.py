"""Guards of the product that a test can switch off, by name: with one off, the attacker has to find the way in again."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from delphi import clock
from delphi.consensus.shipped_scales import SCALES
from delphi.model.panel import Panelist
from delphi.model.rating import Comment, Rating
from delphi.model.result import Result
from delphi.model.round import Participation, Round
from delphi.model.seal import Seal, SealLetter
from delphi.model.study import Study
from delphi.people import roster_files
from rounds.seal import chain, counting, sealing

KILLED = ("rounds.seal.sealing.complete_apart",)  # what counts a closed round


class Killed(Exception):
    """The process that was counting is gone."""


REAL_TALLY, REAL_TAKE = sealing.answers_of, roster_files._take


def count_again(session: Session, study: Study) -> None:
    """Count every sealed round again from the answers, and the groups, that are there now."""
    sealed = sorted(chain.sealed_numbers(session, study.id))
    for (name,) in session.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_counted'")
    ):
        session.execute(text(f"DROP TRIGGER {name}"))
    for table in (SealLetter, Result, Seal):
        session.execute(delete(table).where(table.study_id == study.id))
    for number in sealed:
        own = (Participation.study_id == study.id, Participation.round == number)
        session.execute(update(Participation).where(*own).values(counted=None, counted_group=None))
        sealing.mark(session, study, session.get_one(Round, (study.id, number)))
    for number in sealed:
        sealing.complete(session, study, session.get_one(Round, (study.id, number)), at=clock.now())


def remove_what_was_counted(session: Session, study: Study, panelist: Panelist, _choice: object) -> None:
    """Remove all answers of somebody who leaves, from sealed rounds as well."""
    sealed = chain.sealed_numbers(session, study.id)
    session.execute(text("DROP TRIGGER IF EXISTS rating_delete_counted"))
    session.execute(text("DROP TRIGGER IF EXISTS comment_delete_counted"))
    for table in (Rating, Comment):
        session.execute(delete(table).where(table.study_id == study.id, table.panelist == panelist.id))
    if sealed:
        count_again(session, study)


def tally_of_those_here(session: Session, study: Study, number: int, items: Any, people: Any) -> counting.Tally:
    """Count the answers of those who are on the panel at this moment."""
    whole = REAL_TALLY(session, study, number, items, people)
    answers, rows, scale = whole.answers.copy(), counting.rows_of(session, study.id, number), SCALES[study.scale]
    for one in people:
        if one.counted and session.get_one(Panelist, (study.id, one.panelist)).withdrawn_on is not None:
            given = rows.get(one.panelist, {})
            for j, statement in enumerate(items):
                value = given.get(str(statement), "blank")
                place = -1 if value == "blank" else scale.K if value is None else int(value) - scale.lo
                answers[j, whole.groups.index(one.group), place] -= 1
    return replace(whole, answers=answers)


def take_and_count_again(session: Session, study: Study, *rest: Any, **by: Any) -> None:
    """Take a list of the panel, with groups that change, and count the rounds by these groups."""
    REAL_TAKE(session, study, *rest, **by)
    if chain.sealed_numbers(session, study.id):
        count_again(session, study)


# Name of a guard: the functions that do its work, and what stands in for each while it is off.
REGISTRY: dict[str, dict[str, Callable[..., object]]] = {
    "smallest_cell": {
        "rounds.seal.plan.shown_groups": lambda now, _earlier, **_terms: [group for group in now if group],
        "rounds.seal.plan.shown_in_statement": lambda _rated, shown, _k: [*shown],
    },
    "show_plan_rest": {
        "rounds.seal.plan.shown_groups": lambda now, _earlier, *, k, **_terms: [
            group for group in now if group and len(now[group]) >= k
        ],
        "rounds.seal.plan.shown_in_statement": lambda rated, shown, k: [one for one in shown if rated[one] >= k],
    },
    "show_plan_between_rounds": {
        "delphi.consensus.disclosure.show_plan._group_may_follow": lambda *_: True,
        "delphi.consensus.disclosure.show_plan._rest_may_follow": lambda *_: True,
    },
    "bands": {"rounds.seal.plan.may_show_band": lambda *_: True},
    "counted_marks": {"rounds.seal.sealing.answers_of": tally_of_those_here},
    "sealed_reading": {"rounds.participation.withdrawal._remove_all": remove_what_was_counted},
    "group_fixed": {
        "delphi.people.roster_files._counted": lambda *_: set(),
        "delphi.people.roster_files._take": take_and_count_again,
    },
    "links_handed": {"delphi.handed_links.restrict": lambda *_: None},
}


def present(name: str) -> bool:
    """Whether a function, by its dotted name, is there."""
    module, _, function = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), function)
    except ImportError:
        return False


@contextmanager
def off(name: str) -> Iterator[None]:
    """Switch a guard off."""
    with ExitStack() as stack:
        for function, instead in REGISTRY[name].items():
            stack.enter_context(patch(function, instead))
        yield


@contextmanager
def killed_worker(*, wanted: bool) -> Iterator[None]:
    """Let whatever counts a closed round die each time it begins."""
    with ExitStack() as stack:
        for name in KILLED if wanted else ():
            if present(name):
                stack.enter_context(patch(name, side_effect=Killed))
        yield
