"""Reporting checklists, filled in as far as the record goes (REPORTING 3). The lists are data files."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from exports.record.record import Record
from exports.reports.sentences import SENTENCES, drafted
from exports.tables.table import Column, Table, rows_of

NAMES = ("accord", "delphistar", "credes", "cos-star")
PART, GAP = "~", "[to complete"
ANSWERED, PARTLY, OPEN = "answered", "partly", "needs you"
SHORT = "Short form of the topics, not the official wording."
COLUMNS = (
    Column("code", "text", "Item", brief=True),
    Column("section", "text", "Section"),
    Column("topic", "text", "Topic", brief=True),
    Column("draft", "text", "Sentences of the study that answer it"),
    Column("where", "text", "Where in the manuscript"),
    Column("state", "text", "State", brief=True),
)


@dataclass(frozen=True)
class Item:
    """One item of a list.

    Attributes
    ----------
    fill
        A: from study data alone; H: a field by the lead; M: written by the author; A+M: both.
    draft
        Sentences that answer it, by key; those with ``~`` tell a part of it, and never answer it.
    """

    code: str
    section: str
    topic: str
    fill: str
    draft: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Keys of its sentences."""
        return tuple(name.removeprefix(PART) for name in self.draft)


@dataclass(frozen=True)
class Guideline:
    """A reporting guideline in our short form."""

    key: str
    name: str
    source: str
    licence: str
    wording_verified: str
    items: tuple[Item, ...]


def read(key: str) -> Guideline:
    """Read one data file.

    Raises
    ------
    ValueError
        It asks for a sentence that nobody writes.
    """
    plain = tomllib.loads((files("exports.reports.guidelines") / f"{key}.toml").read_text(encoding="utf-8"))
    items = tuple(
        Item(code, section["name"], topic, fill, tuple(draft))
        for section in plain["section"]
        for code, topic, fill, draft in section["items"]
    )
    if unknown := {name for item in items for name in item.sentences} - SENTENCES.keys():
        raise ValueError(f"{key} asks for sentences that nobody writes: {', '.join(sorted(unknown))}")
    return Guideline(key, plain["name"], plain["source"], plain["licence"], plain["wording_verified"], items)


GUIDELINES = {key: read(key) for key in NAMES}


def of(guideline: Guideline) -> Callable[[Record], Table]:
    """The builder of one list."""
    return lambda record: build(record, guideline)


def build(record: Record, guideline: Guideline) -> Table:
    """Fill in a list."""
    rows = [_row(record, item) for item in guideline.items]
    states = [row["state"] for row in rows]
    numbers = f"{states.count(ANSWERED)} answered, {states.count(PARTLY)} in part, {states.count(OPEN)} need you"
    notes = (f"{guideline.name}: {guideline.source}. {guideline.licence}",)
    return Table(
        "checklist/1",
        guideline.name,
        f"{len(rows)} items: {numbers}. {'' if guideline.wording_verified else SHORT}".strip(),
        COLUMNS,
        rows_of(COLUMNS, rows),
        notes,
        breaks=("section",),
    )


def _row(record: Record, item: Item) -> dict[str, str]:
    known = {name: _told(record, name) for name in item.sentences}
    whole = [name for name in item.draft if not name.startswith(PART)]
    texts = list(filter(None, known.values()))
    answered = bool(whole) and all(known[name] for name in whole)
    return {
        "code": item.code,
        "section": item.section,
        "topic": item.topic,
        "draft": " ".join(texts),
        "where": "",
        "state": ANSWERED if answered else PARTLY if texts else OPEN,
    }


def _told(record: Record, name: str) -> str:
    """Write a sentence; nothing where the record does not tell it."""
    return " ".join(text for text in drafted(record, (name,)) if not text.startswith(GAP))
