"""PDF and PNG by typst: tagged (PDF/UA-1), the text handed over as data and never as source."""

import json
import re
from dataclasses import asdict
from importlib.resources import files
from typing import Any, BinaryIO
from unicodedata import name

from delphi.errors import Refused
from exports.formats.text import breakable, legal
from exports.tables.document import Block, Exhibit, Figure, Heading, Paragraph, document_of
from exports.tables.layout import Break, leaves, sheet_of
from exports.tables.table import Table

PNG_PPI = 300


def write_pdf(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write a tagged PDF; a figure alone is a page of its own size."""
    stream.write(_compiled(exhibit, format="pdf", pdf_standards=["ua-1"]))


def write_png(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write a figure at 300 dots per inch."""
    stream.write(_compiled(exhibit, format="png", ppi=PNG_PPI))


def _compiled(exhibit: Exhibit, **options: Any) -> bytes:
    import typst

    document = document_of(exhibit)
    data = {
        "title": legal(document.title),
        "language": document.language.split("-")[0],
        "notice": legal(document.notice),
        "alone": isinstance(exhibit, Figure),
        "leaves": [
            {"turned": turned, "blocks": [_block(block) for block in blocks]} for turned, blocks in leaves(document)
        ],
    }
    source = (files("exports.formats") / "page.typ").read_bytes()
    try:
        output = typst.compile(source, sys_inputs={"data": json.dumps(data)}, timestamp=0, **options)
    except typst.TypstError as error:
        raise Refused(_advice(str(error))) from None
    if not isinstance(output, bytes):
        raise Refused("The picture needs more than one page; choose PDF or SVG.")
    return output


def _advice(error: str) -> str:
    """Say what to do; a character that no font has is named."""
    quoted = re.search(r'text `"(.+?)"`', error)
    if not quoted:
        return f"The PDF was not written: {error[:300]}. Choose HTML or DOCX."
    named = ", ".join(f"{_sign(sign)} U+{ord(sign):04X} {name(sign, '')}".strip() for sign in _read(quoted[1]))
    return (
        f"The PDF was not written: no font of this server has {named}. Nothing was changed; choose HTML or DOCX, or ask "
        "the operator to install a Noto font for this script."
    )


def _sign(sign: str) -> str:
    return sign if sign.isprintable() else ""


def _read(quoted: str) -> str:
    r"""Read the text of an error, in which some characters stand as \u{...}."""
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda escape: chr(int(escape[1], 16)), quoted)


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": legal(block.text), "level": block.level + 1}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": breakable(legal(block.text))}
    if isinstance(block, Figure):
        return {"kind": "figure", "title": block.title, "alternative": legal(block.alternative), "svg": block.svg}
    return _table(block)


def _table(table: Table) -> dict[str, Any]:
    sheet = sheet_of(table)
    return {
        "kind": "table",
        "title": legal(sheet.title),
        "caption": legal(sheet.caption),
        "below": sheet.below,
        "points": sheet.layout.points,
        "heads": [asdict(head) | {"text": legal(head.text)} for head in sheet.heads],
        "spans": [{"text": legal(over), "n": n} for over, n in sheet.spans],
        "lines": [
            {"text": breakable(legal(line.text)), "level": line.level}
            if isinstance(line, Break)
            else [breakable(legal(cell)) for cell in line]
            for line in sheet.lines
        ],
        "notes": [legal(note) for note in sheet.notes],
    }
