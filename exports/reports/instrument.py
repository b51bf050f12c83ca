"""The instrument as the panel saw it: information, consent, scale, questions and wordings of every round (REPORTING 1.8, E14)."""

from collections.abc import Iterator, Mapping, Sequence

from delphi.consensus.table.columns import Cell
from exports.record.facts import ConsentVersion
from exports.record.record import Record
from exports.reports.sentences import FEEDBACK
from exports.reports.sentences.words import in_english
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
        yield from _translated(record, version)
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


def _translated(record: Record, version: ConsentVersion) -> Iterator[Block]:
    """Information and consent in the other languages, as far as they were translated."""
    for language, said in record.wordings.items():
        own = f"document.{version.version}"
        lines = [said[item] for n in range(len(version.items)) if (item := f"{own}.consent.{n}") in said]
        if f"{own}.text" in said or lines:
            yield Heading(f"Version {version.version}, {in_english(language)}", 2)
            yield from (Paragraph(part) for part in said.get(f"{own}.text", "").split("\n\n") if part.strip())
            yield from (Paragraph(f"• {line}") for line in lines)


def _scale(record: Record) -> Table:
    scale = record.definition.scale
    rows: list[dict[str, Cell]] = [
        {"value": str(value), "label": label, **_said(record, "label", f"scale.label.{value}")}
        for value, label in zip(scale.values, scale.labels, strict=True)
    ]
    if scale.opt_out:
        rows.append({"value": "NQ", "label": scale.opt_out, **_said(record, "label", "scale.opt_out")})
    caption = "The options in the order shown; a statement could be left without an answer."
    columns = (*OPTIONS, *_in_others(record, "label", "Shown as", rows))
    return Table("scale/1", f"Scale: {scale.name}", caption, columns, rows_of(columns, rows))


def _said(record: Record, column: str, item: str) -> dict[str, Cell]:
    """The cells of a piece in the other languages."""
    return {f"{column}_{language}": said.get(item) for language, said in record.wordings.items()}


def _in_others(record: Record, column: str, head: str, rows: Sequence[Mapping[str, Cell]]) -> Iterator[Column]:
    """The columns of the other languages in which some row is translated."""
    for language in record.wordings:
        if any(row[f"{column}_{language}"] for row in rows):
            yield Column(f"{column}_{language}", "text", f"{head}, {in_english(language)}")


def _round(record: Record, number: int) -> Table:
    """List what was asked; a column that is empty in every row is left out."""
    asked = [one for one in record.asked if one.round == number]
    rows: list[dict[str, Cell]] = [
        {column.name: getattr(one, column.name) or None for column in ASKED}
        | _said(record, "text", f"statement.{one.number}.{one.version}.text")
        for one in asked
    ]
    columns = tuple(c for c in ASKED if c.name not in MAY_BE_EMPTY or any(row[c.name] for row in rows))
    columns += tuple(_in_others(record, "text", "Wording", rows))
    caption = f"{len(rows)} statements in the order of the questionnaire."
    return Table(
        "asked/1",
        f"Questionnaire of round {number}",
        caption,
        columns,
        rows_of(columns, rows),
        breaks=tuple(column.name for column in columns if column.name == "section"),
    )
