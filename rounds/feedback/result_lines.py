"""One line a statement: its last result, the way there, the groups; made of sealed rows and the reader's own answers."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from delphi.consensus.scale import Scale
from delphi.consensus.table.result_row import read_reasons
from delphi.consensus.vocabulary import Relation, Verdict
from delphi.statistics.base.result import Reason
from rounds.feedback import distribution, groups, quartiles
from rounds.feedback.bar_parts import Bar, bar_of_panel, bar_of_zones
from rounds.feedback.distribution import Distribution
from rounds.feedback.evidence import NOT_QUALIFIED, Evidence, Source, label
from rounds.feedback.quartiles import Quartiles

OwnAnswers = Mapping[tuple[int, int], int | str]  # by round and statement
FIRST_WORDS = 44


class SealedRow(NamedTuple):
    """A statement in a released round, of the whole panel."""

    round: int
    statement: int
    verdict: str
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """By what rows are read: the scale, from how many people on anything is told, how many groups are declared."""

    scale: Scale
    smallest_cell: int
    groups: int = 0


@dataclass(frozen=True, slots=True)
class RoundResult:
    """A statement in one round; ``own`` is empty where nothing was answered, and None where it may not be told."""

    round: int
    text: str
    panel: Distribution
    quartiles: Quartiles | None
    bar: Bar | None
    own: str | None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """A group that is shown: how many rated, and how many stand on the agreeing and on the other side, in per cent."""

    name: str
    n_rated: int
    agreeing: str
    disagreeing: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A statement with its last result; ``path`` holds all of its rounds in order."""

    statement: int
    code: str
    section: str
    verdict: str
    grade: str | None
    of_a_group: bool  # whether there is no verdict because of one group that the rule asks
    path: tuple[RoundResult, ...]
    groups: tuple[GroupResult, ...]
    hides_groups: bool

    @property
    def last(self) -> RoundResult:
        """The result that stands in the line."""
        return self.path[-1]

    @property
    def text(self) -> str:
        """The wording that was rated last."""
        return self.last.text

    @property
    def drawn_as(self) -> Hashable:
        """What a drawn line depends on besides the rounds: the statement, and the own answers marked in it."""
        return self.statement, tuple(result.own for result in self.path)


def lines_of(
    reading: Reading,
    rows: Iterable[SealedRow],
    group_rows: Mapping[tuple[int, int], Mapping[str, Mapping[str, Any]]],
    own: OwnAnswers,
    withheld: Iterable[int] = (),
) -> list[ResultLine]:
    """A line for each statement of these rows, which are ordered by round, in the order of the questionnaires."""
    ways: dict[int, list[SealedRow]] = {}
    asked: dict[int, list[int]] = {}
    for row in rows:
        ways.setdefault(row.statement, []).append(row)
        asked.setdefault(row.round, []).append(row.statement)
    hidden = set(withheld)
    return [
        _line(reading, ways[statement], group_rows, own, hidden) for statement in questionnaire_order(asked.values())
    ]


def questionnaire_order(rounds: Iterable[Sequence[int]]) -> list[int]:
    """One order of statements that were asked in several rounds: what came later stands after its neighbour.

    Examples
    --------
    >>> questionnaire_order([[1, 2, 3], [1, 4, 3, 5]])
    [1, 4, 2, 3, 5]
    """
    order: list[int] = []
    for asked in rounds:
        at = 0
        for statement in asked:
            if statement not in order:
                order.insert(at, statement)
            at = order.index(statement) + 1
    return order


def _line(
    reading: Reading,
    way: Sequence[SealedRow],
    group_rows: Mapping[tuple[int, int], Mapping[str, Mapping[str, Any]]],
    own: OwnAnswers,
    hidden: set[int],
) -> ResultLine:
    last = way[-1]
    few = last.row["n_rated"] is None
    shown = _groups(reading, last, group_rows.get((last.round, last.statement), {}))
    return ResultLine(
        statement=last.statement,
        code=last.row["statement"],
        section=last.row["section"] or "",
        verdict=Verdict.TOO_FEW if few else last.verdict,
        grade=None if few else last.row.get("grade"),
        of_a_group=read_reasons(last.row.get("reasons")).get("verdict") == Reason.EMPTY_GROUP,
        path=tuple(
            _result(reading, row, own.get((row.round, row.statement)), told=row.round not in hidden) for row in way
        ),
        groups=shown,
        hides_groups=not few and 1 < reading.groups > len(shown),
    )


def _evidence(reading: Reading, row: SealedRow, groups: Mapping[str, Mapping[str, Any]] | None = None) -> Evidence:
    source = Source(row.row["statement"], row.row["text"], row.row, None, groups or {})
    return Evidence(
        scale=reading.scale,
        round=row.round,
        smallest_cell=reading.smallest_cell,
        relation=Relation.REWORDED,  # nothing is to be kept here: the round is over
        text=source.text,
        reason="",
        sources=(source,),
        groups=reading.groups,
    )


def _result(reading: Reading, row: SealedRow, answer: int | str | None, *, told: bool) -> RoundResult:
    evidence = _evidence(reading, row)
    [panel] = distribution.build(evidence) or ()
    rated = answer if told and isinstance(answer, int) else None
    return RoundResult(
        round=row.round,
        text=row.row["text"],
        panel=panel,
        quartiles=quartiles.build(evidence),
        bar=bar_of_panel(reading.scale, panel, rated),
        own=own_words(reading.scale, answer) if told else None,
    )


def own_words(scale: Scale, answer: int | str | None) -> str:
    """The own answer in words; empty where there is none."""
    if answer is None:
        return ""
    return scale.opt_out or "" if answer == NOT_QUALIFIED else label(scale, int(answer))


def _groups(reading: Reading, row: SealedRow, group_rows: Mapping[str, Mapping[str, Any]]) -> tuple[GroupResult, ...]:
    shown = groups.build(_evidence(reading, row, group_rows))
    return tuple(
        GroupResult(
            group.name,
            group.n_rated,
            group.zones[0][-1],
            group.zones[-1][-1],
            bar_of_zones(reading.scale, group.zones),
        )
        for group in (shown.rows if shown else ())
    )


def by_section(lines: Iterable[ResultLine]) -> dict[str, list[ResultLine]]:
    """The lines of each section, sections as they first appear."""
    sections: dict[str, list[ResultLine]] = {}
    for line in lines:
        sections.setdefault(line.section, []).append(line)
    return sections


def counted(lines: Iterable[ResultLine]) -> dict[str, int]:
    """How many statements have each verdict; those that none has are left out."""
    verdicts = [line.verdict for line in lines]
    return {verdict.value: n for verdict in Verdict if (n := verdicts.count(verdict))}


def graded(lines: Iterable[ResultLine], letters: Sequence[str], bands: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """Each grade with its lowest per cent and how many agreed statements have it; the first has none above it."""
    grades = [line.grade for line in lines if line.verdict == Verdict.IN]
    for letter, band in zip(letters, ("", *bands), strict=True):
        yield letter, band, grades.count(letter)


def first_words(text: str, most: int = FIRST_WORDS) -> str:
    """The first words of a statement, for a list that leads to it.

    Examples
    --------
    >>> first_words("Services are open in the evening.", 15)
    'Services are …'
    >>> first_words("Short.")
    'Short.'
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1].rsplit(" ", 1)[0]
    return f"{cut} …"
