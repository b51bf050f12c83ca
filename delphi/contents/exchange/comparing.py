"""What a file of translations does to a study: each row is taken, stands already, or is left out with its reason."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.contents import items, translating
from delphi.contents.exchange.rows import ReturnedFile, ReturnedRow, SentFile, SentRow
from delphi.contents.piece import ContentItem, State
from delphi.contents.reading import Wording, wordings_in
from delphi.errors import Refused
from delphi.model.statement import Statement, StatementVersion
from delphi.model.study import Document, Study
from delphi.translations import N_

UNKNOWN = N_("no text of this study has this id")
EMPTY = N_("there is no translation")
TWICE = N_("it stands twice in the file, with different translations")
SHOWN = N_("it was shown to the panel, so it stays as it is")
UNFINISHED = N_("the translator marked it as not finished")
NEWER = N_("a translation of the wording of today is here already")
OTHER = N_(
    "The file holds translations into “%(found)s”, and this page takes those into “%(wanted)s”. Nothing was imported."
)


class Fate(StrEnum):
    """What becomes of a row of a file."""

    NEW = "new"
    CHANGED = "changed"
    STALE = "stale"
    SAME = "same"
    LEFT_OUT = "left_out"


class Row(NamedTuple):
    """A row of a file with what becomes of it, and why where it is left out."""

    place: str
    item: str
    text: str
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True)
class TranslationComparison:
    """A file beside the study: every row of it, and the wordings that are taken."""

    rows: tuple[Row, ...]
    texts: Mapping[str, Wording]

    @property
    def counts(self) -> Counter[Fate]:
        """How many rows have each fate."""
        return Counter(row.fate for row in self.rows)

    def of(self, *fates: Fate) -> list[Row]:
        """The rows of these fates, in the order of the file."""
        return [row for row in self.rows if row.fate in fates]


def sent_file(session: Session, study: Study, language: str) -> SentFile:
    """Collect the pieces of a study in one language for a file."""
    pieces = translating.states(session, study, items.items_of(session, study), language)
    rows = (SentRow(one.item, one.about, one.source, one.text, one.state is State.STALE) for one in pieces)
    return SentFile(study.slug, study.language, language, tuple(rows))


def compare(session: Session, study: Study, language: str, found: ReturnedFile) -> TranslationComparison:
    """Compare a file with the study; nothing is saved.

    Raises
    ------
    Refused
        The file says that it is of another language.
    """
    if found.language and found.language.partition("-")[0].partition("_")[0] != language.partition("-")[0]:
        raise Refused(OTHER, found=found.language, wanted=language)
    beside = _Beside.of(session, study, language, found)
    rows, texts = [], {}
    for row in found.rows:
        fate, why = beside.fate(row)
        if fate in (Fate.NEW, Fate.CHANGED):
            texts[row.item] = Wording(row.text.strip(), row.source)
            fate = fate if row.source == beside.today.get(row.item) else Fate.STALE
        rows.append(Row(row.place, row.item, row.text, fate, why))
    rows += [Row(one.place, "", one.text, Fate.LEFT_OUT, one.why) for one in found.left_out]
    return TranslationComparison(tuple(rows), texts)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a row is compared with: sources of today and of earlier wordings, translations, and the file's own rows."""

    today: Mapping[str, str]
    sources: Mapping[str, str]
    known: Mapping[str, Wording]
    fixed: Container[str]
    different: Mapping[str, set[str]]

    @classmethod
    def of(cls, session: Session, study: Study, language: str, found: ReturnedFile) -> Self:
        """Collect it."""
        today = {one.item: one.source for one in items.items_of(session, study)}
        known = wordings_in(session, study, language)
        different: dict[str, set[str]] = {}
        for row in found.rows:
            different.setdefault(row.item, set()).add(row.text.strip())
        fixed = translating.shown_to_the_panel(session, study, known)
        return cls(today, _earlier(session, study) | today, known, fixed, different)

    def fate(self, row: ReturnedRow) -> tuple[Fate, str]:
        """Say what becomes of a row, and why where it is left out."""
        stored = self.known.get(row.item)
        if stored is not None and self._stands(row, stored):
            return Fate.SAME, ""
        why = next((reason for holds, reason in self._reasons(row, stored) if holds), "")
        return (Fate.LEFT_OUT, why) if why else (Fate.NEW if stored is None else Fate.CHANGED, "")

    def _stands(self, row: ReturnedRow, stored: Wording) -> bool:
        """Whether the translation is here as it came; one of an earlier wording is kept so where nobody said it fits."""
        confirmed = row.confirms and row.source == self.sources.get(row.item) != stored.source
        return row.text.strip() == stored.text and not confirmed

    def _reasons(self, row: ReturnedRow, stored: Wording | None) -> Iterator[tuple[bool, str]]:
        source = self.sources.get(row.item)
        yield source is None, UNKNOWN
        yield not row.text.strip(), EMPTY
        yield len(self.different[row.item] - {""}) > 1, TWICE
        yield row.is_unfinished, UNFINISHED
        yield stored is not None and row.item in self.fixed, SHOWN
        yield stored is not None and stored.source == source != row.source, NEWER


def _earlier(session: Session, study: Study) -> dict[str, str]:
    """The pieces of earlier wordings: a file may have left before its source was changed."""
    return {one.item: one.source for one in _all_versions(session, study) if one.source.strip()}


def _all_versions(session: Session, study: Study) -> Iterator[ContentItem]:
    same = (Statement.study_id == StatementVersion.study_id) & (Statement.number == StatementVersion.statement)
    versions = select(Statement, StatementVersion).join(StatementVersion, same)
    for statement, version in session.execute(versions.where(Statement.study_id == study.id)):
        yield from items.of_statement(statement, version)
    for document in session.scalars(select(Document).filter_by(study_id=study.id)):
        yield from items.of_document(document)
