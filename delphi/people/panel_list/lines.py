"""Lines of the roster: searched, filtered and in order; a page of them, and how many there are of each kind."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Engine, collate, func, literal, or_, select, text
from sqlalchemy.orm import Session

from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.people.panel_list.standing import MEMBER, Standing, joined, standing_in
from delphi.sheets.lists.heads import plain

COUNTRY = {"country", "land", "pays", "pais", "paese", "kraj", "zeme", "orszag", "maa", "ulke"}


class Order(StrEnum):
    """By what the roster can be sorted."""

    NAME = "name"
    EMAIL = "email"
    GROUP = "group"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are asked for, and in which order; ``group`` is None for all, and empty for people without one."""

    search: str = ""
    group: str | None = None
    standing: Standing | None = None
    order: Order = Order.NAME
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Bounce:
    """Since when an address takes no mail, and why, as the mail server said it."""

    on: date
    why: str


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A person of the panel; the standing is None before a round was launched."""

    name: str
    email: str | None
    group: str | None
    characteristics: Mapping[str, str]
    page_code: str | None
    language: str | None
    bounced: Bounce | None
    standing: Standing | None


@dataclass(frozen=True)
class Tally:
    """How many people a search finds, by group and standing."""

    cells: Mapping[tuple[str, Standing | None], int] = field(default_factory=dict)

    def found(self, wanted: Wanted) -> int:
        """How many lines are asked for."""
        return sum(self._under(wanted.group, wanted.standing).values())

    def standings(self, wanted: Wanted) -> Counter[Standing | None]:
        """How many stand where, of the group that is asked for."""
        return self._by(1, self._under(wanted.group, None))

    def groups(self, wanted: Wanted) -> Counter[str]:
        """How many there are of each group, of the standing that is asked for."""
        return self._by(0, self._under(None, wanted.standing))

    def _under(self, group: str | None, standing: Standing | None) -> dict[tuple[str, Standing | None], int]:
        return {
            cell: n
            for cell, n in self.cells.items()
            if group in (None, cell[0]) and (standing is None or standing is cell[1])
        }

    @staticmethod
    def _by(place: int, cells: Mapping[tuple[str, Standing | None], int]) -> Counter[Any]:
        counted: Counter[Any] = Counter()
        for cell, n in cells.items():
            counted[cell[place]] += n
        return counted


class Roster:
    """The panel of a study as it stands on a day, before a launch or in the round launched last."""

    def __init__(self, session: Session, study: Study, round_: Round | None, *, today: date) -> None:
        self._session, self._study, self._round = session, study, round_
        self._word: ColumnElement[Any] = (
            literal(None) if round_ is None else standing_in(session, study, round_, today=today)
        )

    def tally(self, search: str) -> Tally:
        """Count the people whose name or address has these letters; everybody where there are none."""
        people = self._people(Panelist.stakeholder_group, self._word.label("word"), func.count(), search=search)
        rows = self._session.execute(people.group_by(Panelist.stakeholder_group, "word"))
        return Tally({(group or "", Standing(word) if word else None): n for group, word, n in rows})

    def lines(self, wanted: Wanted, *, first: int = 0, most: int) -> list[RosterLine]:
        """List a part of those who are asked for."""
        columns = (Identity.name, Identity.email, Panelist.stakeholder_group, Identity.characteristics)
        more = (Panelist.page_code, Panelist.language, Identity.bounced_on, Identity.bounce)
        people = self._people(*columns, *more, self._word.label("word"), search=wanted.search)
        order = self._order(wanted)
        if wanted.standing is not None or wanted.order is Order.STANDING:
            part = self._of_group(people, wanted).where(*self._of_standing(wanted)).order_by(*order)
            part = part.offset(first).limit(most)
        else:  # where each stands is asked of this page alone
            page = self._of_group(self._people(Identity.panelist, search=wanted.search), wanted)
            of_page = page.order_by(*order).offset(first).limit(most)
            part = people.where(Identity.panelist.in_(of_page.scalar_subquery())).order_by(*order)
        return [_line(row) for row in self._session.execute(part)]

    @staticmethod
    def _of_group(people: Any, wanted: Wanted) -> Any:
        if wanted.group is None:
            return people
        return people.where(func.coalesce(Panelist.stakeholder_group, "") == wanted.group)

    def _of_standing(self, wanted: Wanted) -> list[ColumnElement[bool]]:
        return [] if wanted.standing is None else [self._word == wanted.standing.value]

    def _people(self, *columns: Any, search: str) -> Any:
        people = select(*columns).select_from(Identity).join(Panelist, MEMBER)
        if self._round is not None:
            people = joined(people, self._round)
        people = people.where(Identity.study_id == self._study.id)
        if not search:
            return people
        within = [column.icontains(search, autoescape=True) for column in (Identity.name, Identity.email)]
        return people.where(or_(*within))

    def _order(self, wanted: Wanted) -> Sequence[ColumnElement[Any]]:
        by_name = alphabetical(self._session, Identity.name, wanted.language)
        first: dict[Order, list[ColumnElement[Any]]] = {
            Order.NAME: [],
            Order.EMAIL: [func.coalesce(Identity.email, "").asc()],
            Order.GROUP: [func.coalesce(Panelist.stakeholder_group, "").asc()],
            Order.STANDING: [self._word.asc()] if self._round is not None else [],
        }
        return [*first[wanted.order], by_name, Identity.email.asc(), Identity.panelist.asc()]


def _line(row: Any) -> RosterLine:
    name, email, group, said, code, language, bounced_on, why, word = row
    bounced = Bounce(bounced_on, why or "") if bounced_on else None
    return RosterLine(name, email, group, said, code, language, bounced, Standing(word) if word else None)


def country_of(lines: Sequence[RosterLine]) -> str | None:
    """What the panel calls the country of its people, where any of these has one."""
    return next((key for line in lines for key in line.characteristics if plain(key) in COUNTRY), None)


def alphabetical(session: Session, column: Any, language: str) -> ColumnElement[Any]:
    """A column in the order of a language's alphabet: by ICU on PostgreSQL, by `delphi.alphabet` on SQLite."""
    engine = session.get_bind().engine
    if engine.dialect.name == "sqlite":
        return func.sort_key(column, language)
    name = next((name for name in (f"{language}-x-icu", "und-x-icu") if _has_collation(engine, name)), None)
    return func.lower(column) if name is None else collate(column, name)


@lru_cache(maxsize=64)
def _has_collation(engine: Engine, name: str) -> bool:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT 1 FROM pg_collation WHERE collname = :name"), {"name": name})
        return found.first() is not None
