"""House styles of journals: how a number, a share, a caption and a note are set. One entry each; none depends on a language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

ABBREVIATION = re.compile(r"(?P<short>[A-Z][A-Za-z0-9]*(?:, [A-Z][A-Za-z0-9]*)?): (?P<long>[^.;]+)\.")
AMERICAN = {
    "analysed": "analyzed",
    "standardised": "standardized",
    "organisation": "organization",
    "behaviour": "behavior",
}
SMALL_WORDS = {"a", "an", "and", "as", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"}


@dataclass(frozen=True)
class House:
    """How a journal prints tables and figures.

    Attributes
    ----------
    sign
        Per cent sign behind a figure, with its space; empty where it stands in the head.
    head_sign
        Per cent sign in a head.
    nearly
        A share that is not none and rounds to 0, and one that is not all and rounds to 100.
    empty
        A cell that has no figure, such as of a round in which a statement was not asked.
    thousands, thousands_from
        What parts thousands, and from which number.
    marks
        Marks of notes, in their order.
    abbreviation
        What stands between an abbreviation and its meaning, and between two of them.
    caption
        Label and title of a table, with ``{n}`` and ``{title}``; a line end parts two lines.
    below
        Whether the caption stands below the table.
    widths, height
        Of figures in mm: one column, two columns, and the most that a page has.
    """

    key: str
    name: str
    sign: str = "%"
    head_sign: str = " (%)"
    decimal: str = "."
    nearly: tuple[str, str] = ("<1", ">99")
    empty: str = ""
    thousands: str = ","
    thousands_from: int = 10_000
    leading_zero: bool = True
    marks: tuple[str, ...] = ("a", "b", "c", "d", "e", "f")
    abbreviation: tuple[str, str] = (", ", "; ")
    caption: str = "Table {n}. {title}."
    title_case: bool = False
    below: bool = False
    american: bool = False
    widths: tuple[float, float] = (85, 175)
    height: float = 225

    def number(self, text: str) -> str:
        """Set a printed number: its decimal mark, and what parts thousands.

        Examples
        --------
        >>> HOUSES["lancet"].number("23.4"), HOUSES["nature"].number("12345"), HOUSES["lancet"].number("12345")
        ('23·4', '12,345', '12\u202f345')
        """
        whole, point, rest = text.partition(".")
        if whole.isdecimal() and int(whole) >= self.thousands_from:
            whole = f"{int(whole):,}".replace(",", self.thousands)
        return f"{whole}{self.decimal}{rest}" if point else whole

    def below_one(self, text: str) -> str:
        """Set a figure that cannot exceed 1."""
        return self.number(text if self.leading_zero else text.replace("0.", ".", 1))

    def nearly_none(self, decimals: int) -> str:
        """What is printed of a share that rounds to none, with some decimals."""
        return _nearly(self.nearly[0], Decimal(1).scaleb(-decimals), self)

    def nearly_all(self, decimals: int) -> str:
        """What is printed of a share that rounds to all, with some decimals."""
        return _nearly(self.nearly[1], 100 - Decimal(1).scaleb(-decimals), self)

    def captioned(self, n: int, title: str) -> tuple[str, str]:
        r"""Label with its number, and title.

        Examples
        --------
        >>> HOUSES["nature"].captioned(2, "Statements"), HOUSES["apa"].captioned(1, "Median of the items")
        (('Table 2 |', 'Statements'), ('Table 1\n', 'Median of the Items'))
        """
        label, tail = self.caption.split("{title}")
        text = titled(title) if self.title_case else title
        return label.format(n=n).rstrip(" "), f"{text.rstrip('.')}{tail}"

    def abbreviations(self, note: str) -> str:
        """Set the meanings of abbreviations as the journal does: “IQR, interquartile range; SD, …”."""
        found = sorted(ABBREVIATION.findall(note))
        if not found or ABBREVIATION.sub("", note).strip():
            return note
        between, after = self.abbreviation
        return after.join(f"{short}{between}{meaning}" for short, meaning in found) + "."

    def spelled(self, text: str) -> str:
        """Spell words as the journal does."""
        if not self.american:
            return text
        for british, american in AMERICAN.items():
            text = text.replace(british, american)
        return text


def _nearly(text: str, number: Decimal, house: House) -> str:
    """The mark of a share that is nearly none or all: “<0.1” for “<1”; “0*” has no decimals."""
    return text[0] + (" " if text[1] == " " else "") + house.number(str(number)) if text[0] in "<>" else text


def titled(text: str) -> str:
    """Write a title with capitals.

    Examples
    --------
    >>> titled("consensus after round 2 of the panel")
    'Consensus After Round 2 of the Panel'
    """
    words = text.split(" ")
    return " ".join(w if i and w in SMALL_WORDS else w[:1].upper() + w[1:] for i, w in enumerate(words))


SYMBOLS = ("*", "†", "‡", "§", "¶", "‖")
# fmt: off
PLAIN = House(
    "", "As the platform prints it", head_sign=" %", caption="{title}.", thousands="", abbreviation=(": ", ". "),
)
_ALL: Sequence[House] = (
    House(
        "nature", "Nature", sign="", nearly=("0*", "100†"), empty="–", marks=("*", "†", "‡", "§"),
        caption="Table {n} | {title}", thousands_from=1000, widths=(89, 183), height=170,
    ),
    House(
        "lancet", "The Lancet", decimal="·", empty="··", thousands="\u202f", marks=SYMBOLS,
        caption="Table {n}: {title}", below=True, abbreviation=("=", ". "),
    ),
    House(
        "bmj", "BMJ journals", empty="N/A", thousands="\u202f", marks=SYMBOLS[:5], caption="Table {n} {title}",
    ),
    House("plos", "PLOS", thousands_from=1000, widths=(132, 190.5), height=222.3),
    House(
        "apa", "APA 7", nearly=("< 1", "> 99"), empty="—", thousands_from=1000, leading_zero=False,
        abbreviation=(" = ", "; "), caption="Table {n}\n{title}", title_case=True, american=True,
    ),
    House(
        "bmc", "BMC and Springer", empty="-", thousands="\u202f", abbreviation=(" ", ", "), caption="Table {n} {title}",
        widths=(85, 170),
    ),
    House("icmje", "ICMJE", marks=("*", "†", "‡", "§", "‖", "¶"), american=True),
)
# fmt: on
HOUSES = {house.key: house for house in _ALL}
