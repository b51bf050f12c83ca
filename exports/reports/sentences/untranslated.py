"""The note of a file in another language: which of its wordings stand in that of the source."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exports.record.facts import Untranslated
from exports.record.record import Record
from exports.reports.sentences.words import in_english
from exports.tables.document import Document, Exhibit, Figure, Heading, Paragraph
from exports.tables.table import Table


def noted(exhibit: Exhibit, record: Record) -> Exhibit:
    """Add the note to a file in which such wordings stand; to any other nothing is added."""
    note = note_of(record.untranslated, tuple(_texts(exhibit)))
    if not note:
        return exhibit
    if isinstance(exhibit, Document):
        return replace(exhibit, blocks=(*exhibit.blocks, Paragraph(note)))
    if isinstance(exhibit, Figure):
        return replace(exhibit, data=_with(exhibit.data, note))
    return _with(exhibit, note)


def _with(table: Table, note: str) -> Table:
    return replace(table, notes=(*table.notes, note))


def note_of(known: Untranslated, texts: Sequence[str]) -> str:
    """Name the statements, sections and words of the scale that stand in these texts without a translation."""
    codes = dict.fromkeys(code for code, text in known.statements if any(text in one for one in texts))
    sections = [f"“{name}”" for name in known.sections if name in texts]
    words = [f"“{word}”" for word in known.words if any(word in one for one in texts)]
    kinds = {"statements": [*codes], "sections": sections, "words of the scale": words}
    named = [f"{kind} {', '.join(members)}" for kind, members in kinds.items() if members]
    if not named:
        return ""
    return f"Not translated into {in_english(known.language)}, so worded as in the source: {'; '.join(named)}."


def _texts(exhibit: Exhibit) -> Iterator[str]:
    """All that a file prints as text."""
    blocks = exhibit.blocks if isinstance(exhibit, Document) else (exhibit,)
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            yield block.text
        else:
            yield from _of_table(block.data if isinstance(block, Figure) else block)


def _of_table(table: Table) -> Iterator[str]:
    yield from (cell for row in table.rows for cell in row if isinstance(cell, str))
    yield from (text for column in table.columns for text in (column.label, column.over))
    yield from (table.title, table.caption, *table.notes)
