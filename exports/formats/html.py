"""HTML: one file, nothing from elsewhere, tables with captions and scopes."""

from functools import cache
from typing import BinaryIO

from babel import Locale
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from delphi.dates import locale_of
from exports.formats.text import legal
from exports.tables.document import Exhibit, Figure, Heading, Paragraph, document_of
from exports.tables.layout import Break, sheet_of
from exports.tables.table import Table


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("exports.formats", ""),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: legal(value) if type(value) is str else value,
    )
    environment.tests |= {
        "heading": lambda block: isinstance(block, Heading),
        "paragraph": lambda block: isinstance(block, Paragraph),
        "table": lambda block: isinstance(block, Table),
        "figure": lambda block: isinstance(block, Figure),
        "break": lambda line: isinstance(line, Break),
    }
    return environment.get_template("page.html")


def write(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write a page; the lines of the template's macros before it are cut off."""
    document = document_of(exhibit)
    direction = Locale.parse(locale_of(document.language)).text_direction
    page = _template().render(document=document, sheet_of=sheet_of, direction=direction)
    stream.write(page.lstrip().encode())
