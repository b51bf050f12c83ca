"""Documents: what is read on paper. Headings, paragraphs, tables and figures, in order."""

from dataclasses import dataclass

from exports.tables.table import Table


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 stands under the title."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text."""

    text: str


@dataclass(frozen=True)
class Figure:
    """A picture in SVG, with the sentence that replaces it and the numbers behind it."""

    title: str
    alternative: str
    svg: str
    data: Table


Block = Heading | Paragraph | Table | Figure


@dataclass(frozen=True)
class Document:
    """A text with its tables and figures."""

    title: str
    blocks: tuple[Block, ...]
    language: str = "en"
    notice: str = ""

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))


Exhibit = Table | Figure | Document


def document_of(exhibit: Exhibit) -> Document:
    """Put a table or a figure on a page of its own."""
    if isinstance(exhibit, Document):
        return exhibit
    table = exhibit if isinstance(exhibit, Table) else exhibit.data
    return Document(table.subject or exhibit.title, (exhibit,), table.language, table.notice)


def table_of(exhibit: Exhibit) -> Table:
    """The table of an exhibit: of a figure the numbers behind it, of a document its first table."""
    if isinstance(exhibit, Table):
        return exhibit
    if isinstance(exhibit, Figure):
        return exhibit.data
    if not exhibit.tables:
        raise ValueError(f"“{exhibit.title}” holds no table")
    return exhibit.tables[0]
