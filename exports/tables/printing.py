"""Cells as text: rounded once, half up."""

from delphi.consensus.table.columns import Cell
from delphi.statistics.base.exact import round_half_up
from exports.tables.table import Column


def printed(column: Column, value: Cell) -> str:
    """Print a cell for reading: rounded once, half up; a dash where there is nothing.

    Examples
    --------
    >>> share = Column("x", "percent", "X")
    >>> [printed(share, value) for value in (66.5, 0.1, 99.9, 100.0, None)]
    ['67', '<1', '>99', '100', '–']
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.signed and not isinstance(value, str):
        return printed_signed(value)
    if not isinstance(value, float):
        return str(value)
    if column.type == "p":
        return "<0.001" if value < 0.001 else str(round_half_up(value, 3))
    return printed_percent(value, column.marks) if column.type == "percent" else printed_number(value)


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
