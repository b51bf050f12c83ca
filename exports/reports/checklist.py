"""Reporting checklists, filled in as far as the record goes (REPORTING 3). The lists are data files."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from exports.record.record import Record
from exports.reports.sentences import SENTENCES, drafted
from exports.tables.table import Column, Table, rows_of

NAMES = ("accord", "delphistar", "credes", "cos-star")
SHORT = "Short form of the topics, not the official wording."
COLUMNS = (
    Column("code", "text", "Item", brief=True),
    Column("section", "text", "Section"),
    Column("topic", "text", "Topic", brief=True),
    Column("draft", "text", "Drafted from the study"),
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
        Sentences that answer it, by key.
    """

    code: str
    section: str
    topic: str
    fill: str
    draft: tuple[str, ...] = ()


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
    if unknown := {name for item in items for name in item.draft} - SENTENCES.keys():
        raise ValueError(f"{key} asks for sentences that nobody writes: {', '.join(sorted(unknown))}")
    return Guideline(key, plain["name"], plain["source"], plain["licence"], plain["wording_verified"], items)


GUIDELINES = {key: read(key) for key in NAMES}


def of(guideline: Guideline) -> Callable[[Record], Table]:
    """The builder of one list."""
    return lambda record: build(record, guideline)


def build(record: Record, guideline: Guideline) -> Table:
    """Fill in a list."""
    rows = [_row(record, item) for item in guideline.items]
    open_ = sum(row["state"] == "needs you" for row in rows)
    notes = (f"{guideline.name}: {guideline.source}. {guideline.licence}",)
    return Table(
        "checklist/1",
        guideline.name,
        f"{len(rows)} items, {open_} of which need you. {'' if guideline.wording_verified else SHORT}".strip(),
        COLUMNS,
        rows_of(COLUMNS, rows),
        notes,
        breaks=("section",),
    )


def _row(record: Record, item: Item) -> dict[str, str]:
    texts = drafted(record, item.draft)
    whole = bool(texts) and not any(text.startswith("[to complete") for text in texts)
    author = "M" in item.fill
    return {
        "code": item.code,
        "section": item.section,
        "topic": item.topic,
        "draft": " ".join(texts),
        "where": "",
        "state": "needs you" if not whole else "drafted; complete it" if author else "drafted",
    }
