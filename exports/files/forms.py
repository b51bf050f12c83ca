"""What the pages of files send: an order, and a designed table."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from delphi.errors import BadInput, Refused
from delphi.web.forms import clean
from exports.files import jobs
from exports.files.orders import Order
from exports.record.reader_profile import Profile


def read_order(sent: Mapping[str, str]) -> Order:
    """Read an order.

    Raises
    ------
    BadInput
        There is no such file.
    """
    try:
        profile = Profile(sent.get("profile", ""))
        order = Order(sent.get("report", ""), sent.get("format", ""), profile, sent.get("by_group") == "y")
        order = replace(order, language=sent.get("language") or None)
        jobs.check(order)
    except (ValueError, Refused):
        raise BadInput("There is no such file. Choose one on the page; nothing was written.") from None
    return order


FIELDS = ("title", "caption", "stub", "row", "order", "section_as")
OF_A_COLUMN = ("over", "head", "cell", "round", "group", "single")
WORDS = ("in", "out", "none", "mark")
SPARE, MOST, LONGEST_REST = 2, 40, 20_000  # empty columns that a page offers, and the most that it reads


@dataclass(frozen=True)
class DesignFields:
    """A design as fields of a page; ``rest`` is what it has beside them, as JSON."""

    plain: Mapping[str, Any]
    at: int = 0

    @classmethod
    def of(cls, plain: Mapping[str, Any], at: int = 0) -> Self:
        """Take a design that is kept, or a preset."""
        return cls(dict(plain), at)

    @property
    def columns(self) -> list[Mapping[str, Any]]:
        """The columns, and some that are empty."""
        return [*self.plain.get("columns", ()), *[{}] * SPARE][:MOST]

    def text(self, name: str, usual: str = "") -> str:
        """Text of a field."""
        return str(self.plain.get(name, usual))

    @property
    def words(self) -> Mapping[str, str]:
        """What verdicts are called; nothing where they have their usual names."""
        return dict.fromkeys(WORDS, "") | dict(self.plain.get("words", {}))

    @property
    def notes(self) -> str:
        """The author's notes, a line each."""
        return "\n".join(self.plain.get("notes", ()))

    @property
    def rest(self) -> str:
        """What no field shows."""
        shown = {*FIELDS, "columns", "words", "notes"}
        return json.dumps({name: value for name, value in self.plain.items() if name not in shown})

    def column_rest(self, column: Mapping[str, Any]) -> str:
        """What no field shows of a column."""
        return json.dumps({name: value for name, value in column.items() if name not in OF_A_COLUMN})


def read_fields(sent: Mapping[str, str]) -> DesignFields:
    """Read the fields of a design; what is wrong with it is found when it is built.

    Raises
    ------
    BadInput
        These are not the fields of the page.
    """
    try:
        plain: dict[str, Any] = _rest(sent, "rest") | {name: _clean(sent, name) for name in FIELDS}
        plain["columns"] = list(_columns(sent))
        plain["words"] = {name: word for name in WORDS if (word := _clean(sent, f"word-{name}"))}
        plain["notes"] = [line for line in _clean(sent, "notes").split("\n") if line.strip()]
        return DesignFields(plain, max(int(sent.get("at", "0") or 0), 0))
    except ValueError:
        raise BadInput("This table cannot be read. Open the page of tables again; nothing was kept.") from None


def _columns(sent: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for i in range(MOST):
        column = {name: text for name in OF_A_COLUMN if (text := _clean(sent, f"{name}-{i}"))}
        if column:
            yield _rest(sent, f"rest-{i}") | column


def _rest(sent: Mapping[str, str], name: str) -> dict[str, Any]:
    text = sent.get(name) or "{}"
    found = json.loads(text) if len(text) <= LONGEST_REST else None
    if not isinstance(found, dict):
        raise ValueError(name)  # noqa: TRY004 (somebody sent it)
    return found


def _clean(sent: Mapping[str, str], name: str) -> str:
    return clean(sent.get(name))
