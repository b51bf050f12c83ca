"""The order of the statements by agreement, in the first and in the last round: nobody ranked them, their shares do."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from delphi.consensus.table.result_row import ResultRow
from delphi.consensus.vocabulary import Relation
from delphi.statistics.base.exact import round_half_up
from exports.figures.draw import DARK, GREY, WIDTH, line, shortened, text
from exports.figures.frame import HEAD, ROW, TOP, by_statement, in_words, label
from exports.record.record import Record
from exports.tables.document import Figure
from exports.tables.table import Column

COLUMNS = (
    *HEAD,
    Column("first_round", "int", "First round"),
    Column("first_pct", "percent", "First %"),
    Column("first_rank", "int", "First rank"),
    Column("last_round", "int", "Last round"),
    Column("last_pct", "percent", "Last %"),
    Column("last_rank", "int", "Last rank"),
)
FROM, TO = 350, 490  # where lines begin and end
RANKED = (
    "Ranked by combined agreement, % of those who rated; = shared rank. Thick: risen, dashed: fallen, thin: the same."
)
ONE_ROUND = "There is no second round, so there is no order to compare"


class Place(NamedTuple):
    """A statement in the first and in the last round: its row, its rank, and how that is printed."""

    rows: tuple[ResultRow, ResultRow]
    ranks: tuple[int, int]
    printed: tuple[str, str]


def ranks(record: Record) -> Figure:
    """Draw the place of each statement among those asked with one meaning in the first and in the last round."""
    numbers = sorted(round_.number for round_ in record.rounds)
    if len(numbers) < 2:
        return in_words(record, "Order of the statements by agreement", ONE_ROUND, COLUMNS)
    first, last = numbers[0], numbers[-1]
    pairs, others = _pairs(record, first, last)
    places = _places(pairs)
    parts = [
        text(0, 14, RANKED),
        text(0, 30, f"{len(pairs)} statements asked in both rounds with one meaning; left out: {others}."),
        text(FROM - 8, TOP - 8, f"Round {first}", text_anchor="end"),
        text(TO + 8, TOP - 8, f"Round {last}"),
    ]
    left, right = (sorted(places, key=lambda place: (place.ranks[i], place.ranks[1 - i])) for i in (0, 1))
    height = {id(place): TOP + ROW * i for i, place in enumerate(right)}
    for i, place in enumerate(left):
        parts += _slope(place, TOP + ROW * i, height[id(place)])
    title = f"Order of the statements by agreement, rounds {first} and {last}"
    sentences = [
        f"{place.rows[1]['statement']}: {place.printed[0]} in round {first}, {place.printed[1]} in round {last}"
        for place in right
    ]
    bottom = TOP + ROW * len(places)
    return by_statement(record, title, parts, bottom, COLUMNS, [_numbers(place) for place in right], sentences)


def _pairs(record: Record, first: int, last: int) -> tuple[list[tuple[ResultRow, ResultRow]], str]:
    """The two rows of each statement that can be compared, and a sentence on how many cannot."""
    rows: dict[str, dict[int, ResultRow]] = {}
    for row in record.rows:
        if row.is_panel:
            rows.setdefault(row["statement"], {})[row["round"]] = row
    ends = [(by_round[first], by_round[last]) for by_round in rows.values() if _one_meaning(by_round, first, last)]
    shown = [pair for pair in ends if all(row["combined_pct"] is not None for row in pair)]
    hidden = len(ends) - len(shown)
    return shown, f"{len(rows) - len(ends)} others{f', {hidden} without ratings that may be shown' if hidden else ''}"


def _one_meaning(by_round: dict[int, ResultRow], first: int, last: int) -> bool:
    later = [row["relation"] for number, row in by_round.items() if number > first]
    return {first, last} <= by_round.keys() and all(Relation(relation).same_meaning for relation in later)


def _places(pairs: Sequence[tuple[ResultRow, ResultRow]]) -> list[Place]:
    """Rank both ends: equal shares, compared exactly, share the better rank."""
    ends = list(zip(*pairs, strict=True)) or [(), ()]
    (r, first), (s, last) = (_ranked([Fraction(row["combined_k"], row["n_rated"]) for row in end]) for end in ends)
    return [Place(*one) for one in zip(pairs, zip(r, s, strict=True), zip(first, last, strict=True), strict=True)]


def _ranked(shares: Sequence[Fraction]) -> tuple[list[int], list[str]]:
    """The ranks, and how they are printed.

    Examples
    --------
    >>> _ranked([Fraction(1, 2), Fraction(1), Fraction(1)])
    ([3, 1, 1], ['3 (50.0 %)', '1= (100.0 %)', '1= (100.0 %)'])
    """
    ordered = sorted(shares, reverse=True)
    ranks = [1 + ordered.index(share) for share in shares]
    shared = ["=" if shares.count(share) > 1 else "" for share in shares]
    printed = [f"{a}{b} ({round_half_up(100 * c, 1)} %)" for a, b, c in zip(ranks, shared, shares, strict=True)]
    return ranks, printed


def _slope(place: Place, a: float, b: float) -> Iterator[str]:
    """Draw a line from the first place to the last; how it looks says which way it goes, where ties may tilt it."""
    risen = place.ranks[0] - place.ranks[1]
    dress = {"stroke_width": 2} if risen > 0 else {"stroke_dasharray": "6 3"} if risen else {"stroke_width": 0.75}
    yield label(place.rows[1], a)
    yield text(FROM - 8, a + 13, place.printed[0], text_anchor="end")
    yield line(FROM, a + 9, TO, b + 9, DARK if risen > 0 else GREY, **dress)
    yield text(TO + 8, b + 13, place.printed[1])
    yield text(TO + 96, b + 13, shortened(str(place.rows[1]["statement"]), WIDTH - TO - 84))


def _numbers(place: Place) -> dict[str, object]:
    a, b = place.rows
    return (
        {"statement": b["statement"], "text": b["text"]}
        | {"first_round": a["round"], "first_pct": a["combined_pct"], "first_rank": place.ranks[0]}
        | {"last_round": b["round"], "last_pct": b["combined_pct"], "last_rank": place.ranks[1]}
    )
