"""The instrument as the panel saw it: information, consent, scale, questions and wordings of every round (REPORTING 1.8, E14)."""

from collections.abc import Iterator

from exports.record.record import Record
from exports.reports.sentences import FEEDBACK
from exports.tables.document import Block, Document, Heading, Paragraph
from exports.tables.table import Column, Table, rows_of

OPTIONS = (Column("value", "text", "Stored as"), Column("label", "text", "Shown as"))
ASKED = (
    Column("section", "text", "Section"),
    Column("position", "int", "Place"),
    Column("statement", "text", "No."),
    Column("version", "int", "Version"),
    Column("text", "text", "Wording"),
    Column("help", "text", "Explanation"),
    Column("evidence", "text", "Evidence"),
)
MAY_BE_EMPTY = ("section", "help", "evidence")


def build(record: Record) -> Document:
    """Write the document, for the rounds whose results this profile may see."""
    return Document(f"Instrument: {record.study.title}", tuple(_blocks(record)))


def _blocks(record: Record) -> Iterator[Block]:
    yield Heading("Information and consent")
    for version in record.consent_versions:
        yield Heading(f"Version {version.version}", 2)
        if version.reason:
            yield Paragraph(f"Changed because: {version.reason}")
        yield from (Paragraph(part) for part in version.text.split("\n\n") if part.strip())
        yield from (Paragraph(f"• {item}") for item in version.items)
    if not record.consent_versions:
        yield Paragraph("The panel was shown no text before it took part.")
    yield Heading("The scale")
    yield _scale(record)
    yield Heading("What the panel saw of the round before")
    shown = [words for key, words in FEEDBACK.items() if key in record.study.feedback]
    yield Paragraph(f"Beside each statement: {'; '.join(shown)}." if shown else "Nothing.")
    if record.study.open_question:
        yield Heading("The open question")
        yield Paragraph(record.study.open_question)
    for round_ in record.rounds:
        yield Heading(f"Round {round_.number}")
        yield _round(record, round_.number)


def _scale(record: Record) -> Table:
    scale = record.definition.scale
    rows = [{"value": str(value), "label": label} for value, label in zip(scale.values, scale.labels, strict=True)]
    if scale.opt_out:
        rows.append({"value": "NQ", "label": scale.opt_out})
    caption = "The options in the order shown; a statement could be left without an answer."
    return Table("scale/1", f"Scale: {scale.name}", caption, OPTIONS, rows_of(OPTIONS, rows))


def _round(record: Record, number: int) -> Table:
    """List what was asked; a column that is empty in every row is left out."""
    asked = [one for one in record.asked if one.round == number]
    rows = [{column.name: getattr(one, column.name) or None for column in ASKED} for one in asked]
    columns = tuple(c for c in ASKED if c.name not in MAY_BE_EMPTY or any(row[c.name] for row in rows))
    caption = f"{len(rows)} statements in the order of the questionnaire."
    return Table(
        "asked/1",
        f"Questionnaire of round {number}",
        caption,
        columns,
        rows_of(columns, rows),
        breaks=tuple(column.name for column in columns if column.name == "section"),
    )
