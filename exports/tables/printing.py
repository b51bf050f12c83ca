"""Cells as text: rounded once, half up, and never so that the rounding hides a decision."""

from decimal import Decimal

from delphi.consensus.table.columns import Cell
from delphi.statistics.base.exact import round_half_up
from exports.tables.bounds import HIDING, deciding_decimals, exact
from exports.tables.house import PLAIN, House
from exports.tables.table import Column

USUAL = {"percent": 0, "float": 2}  # decimals
NEARLY = Decimal("0.4")  # what is printed as almost none, or as almost all, lies between this and the end


def printed(column: Column, value: Cell, house: House = PLAIN) -> str:
    """Print a cell for reading: rounded once, half up; a dash where there is nothing.

    Where rounding would put a figure on the other side of a bound that decides, it has as many decimals more as it needs.

    Examples
    --------
    >>> share = Column("x", "percent", "X")
    >>> [printed(share, value) for value in (66.5, 0.1, 99.9, 100.0, None)]
    ['67', '<1', '>99', '100', '–']
    """
    if value is None or isinstance(value, bool):
        return {None: "–", True: "yes", False: "no"}[value]
    if isinstance(value, str):
        return value
    if column.signed:
        return printed_signed(value)
    if isinstance(value, int):
        return house.number(str(value))
    if column.type == "p":
        return house.below_one("<0.001" if value < 0.001 else str(round_half_up(value, 3)))
    return _deciding(column, value, house)


def _deciding(column: Column, value: float, house: House) -> str:
    """Print a figure with the decimals that it needs, or with the mark of those that none tell."""
    marks = column.marks if house is PLAIN else house.nearly
    usual = printed_percent(value, marks) if column.type == "percent" else house.number(printed_number(value))
    decimals = decimals_of(column, value)
    if decimals is None:
        return usual + HIDING
    return usual if decimals == USUAL.get(column.type, 2) else house.number(str(round_half_up(exact(value), decimals)))


def decimals_of(column: Column, value: float) -> int | None:
    """Decimals that a figure needs, so that it lies on the same side of what decides; None where none tell."""
    least = USUAL.get(column.type, 2)
    if not column.bounds:
        return least
    shown = round_half_up(value, least)
    if column.type == "percent" and 0 < value < 100 and shown in (0, 100):
        shown = abs(shown - NEARLY)
    return deciding_decimals(value, shown, column.bounds, least)


def printed_number(value: float) -> str:
    """Print a number with up to two decimals, none if they are zeros; a minus is a minus, and nothing has none.

    Examples
    --------
    >>> printed_number(2.5), printed_number(-0.25), printed_number(-0.001)
    ('2.5', '−0.25', '0')
    """
    text = str(round_half_up(value, 2))
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def printed_percent(value: float, marks: tuple[str, str] = ("<1", ">99")) -> str:
    """Print a percentage; “0” and “100” stand only for none and for all."""
    shown = round_half_up(value)
    if value > 0 and shown == 0:
        return marks[0]
    return marks[1] if value < 100 and shown == 100 else str(shown)


def printed_signed(value: float) -> str:
    """Print a difference in whole points with its sign; a minus is a minus.

    Examples
    --------
    >>> printed_signed(12.5), printed_signed(-3.2), printed_signed(0.4)
    ('+13', '−3', '0')
    """
    points = round_half_up(value)
    return "0" if points == 0 else f"{points:+}".replace("-", "−")
