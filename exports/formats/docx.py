"""DOCX: real tables under styles, the head repeated, rows kept whole, language and alternative texts set."""

import io
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from exports.formats.docx_styles import NOTE, SPACE, prepare, style_id
from exports.formats.text import legal
from exports.tables.document import Block, Exhibit, Figure, Heading, Paragraph, document_of
from exports.tables.layout import Break, Head, Line, Sheet, leaves, sheet_of

if TYPE_CHECKING:
    from docx.document import Document as Word

TWIPS, PAPER, MARGIN = 1440, (8.27, 11.69), 0.8  # twips an inch; inches: A4
APART = 120  # twips between a number and a text beside it


def write(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write a document."""
    import docx

    document = document_of(exhibit)
    word = docx.Document()
    prepare(word, legal(document.title), document.language)
    first = word.sections[0]
    if document.notice:
        first.header.paragraphs[0].text = legal(document.notice)
    _number(first.footer.paragraphs[0])
    for at, (turned, blocks) in enumerate(leaves(document)):
        width = _page(word.add_section() if at else first, turned=turned)
        if not at:
            word.add_heading(legal(document.title), 0)
        for block in blocks:
            _add(word, block, width)
    archive = io.BytesIO()
    word.save(archive)
    _freeze(archive, stream)


def _page(section: Any, *, turned: bool) -> int:
    """Set the page of a section, upright or on its side; gives the width of a line in twips."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Inches

    sides = (PAPER[1], PAPER[0]) if turned else PAPER
    section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = map(Inches, sides)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Inches(MARGIN)
    return int((sides[0] - 2 * MARGIN) * TWIPS)


def _number(paragraph: Any) -> None:
    """Print the number of the page."""
    from docx.oxml.parser import parse_xml

    paragraph.alignment = 1
    paragraph._p.append(  # noqa: SLF001 (the library writes no fields)
        parse_xml(f'<w:fldSimple {SPACE} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )


def _add(word: "Word", block: Block, width: int) -> None:
    if isinstance(block, Heading):
        word.add_heading(legal(block.text), block.level)
    elif isinstance(block, Paragraph):
        word.add_paragraph(legal(block.text))
    elif isinstance(block, Figure):
        _figure(word, block, width)
    else:
        _table(word, sheet_of(block), width)


def _figure(word: "Word", figure: Figure, width: int) -> None:
    from docx.shared import Twips

    from exports.formats.typst import write_png

    picture = io.BytesIO()
    write_png(figure, picture)
    picture.seek(0)
    drawn = word.add_picture(picture, width=Twips(width))
    about: Any = drawn._inline.docPr  # noqa: SLF001 (the library has no other way to an alternative text)
    about.set("descr", legal(figure.alternative))
    about.set("title", legal(figure.title))
    caption = word.add_paragraph(style="Caption")
    caption.add_run(f"{legal(figure.title)}. ").bold = True
    caption.add_run(legal(figure.alternative)).bold = False


def _table(word: "Word", sheet: Sheet, width: int) -> None:
    from docx.oxml.parser import parse_xml

    if not sheet.below:
        _caption(word, sheet).paragraph_format.keep_with_next = True
    body = word.element.body
    body.insert(len(body) - 1, parse_xml(_table_xml(sheet, width)))
    if sheet.below:
        _caption(word, sheet)
    for note in sheet.notes:
        word.add_paragraph(legal(note), style=NOTE)
    if not sheet.notes:
        word.add_paragraph("")


def _caption(word: "Word", sheet: Sheet) -> Any:
    caption = word.add_paragraph(style="Caption")
    caption.add_run(legal(sheet.title)).bold = True
    caption.add_run(f" {legal(sheet.caption)}" if sheet.caption else "").bold = False
    return caption


def _table_xml(sheet: Sheet, width: int) -> str:
    widths = _widths(sheet.heads, width)
    rows = [_over(sheet, widths)] if sheet.spans else []
    rows += [_head(sheet, widths)]
    rows += [_line(line, sheet, widths) for line in sheet.lines]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    edge = "".join(f'<w:{side} w:val="single" w:sz="8" w:color="000000"/>' for side in ("top", "bottom"))
    return (
        f'<w:tbl {SPACE}><w:tblPr><w:tblStyle w:val="TableNormal"/><w:tblW w:w="{width}" w:type="dxa"/>'
        f'<w:tblBorders>{edge}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="50" w:type="dxa"/><w:right w:w="50" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={_quoted(sheet.title)}/><w:tblDescription w:val={_quoted(sheet.caption)}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def _quoted(text: str) -> str:
    return quoteattr(legal(text)[:250])


def _widths(heads: tuple[Head, ...], width: int) -> list[int]:
    return [int(width * head.share) for head in heads]


def _line(line: Line, sheet: Sheet, widths: list[int]) -> str:
    if not isinstance(line, Break):
        return _row([_cell(*one, size=sheet.layout.points) for one in zip(line, sheet.heads, widths, strict=True)])
    fill = "E1E1E1" if line.level == 0 else "F2F2F2"
    return (
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:gridSpan w:val="{len(widths)}"/><w:shd w:val="clear" w:fill="{fill}"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style_id(sheet.layout.points, head=True)}"/><w:keepNext/></w:pPr>{_run(line.text)}</w:p>'
        "</w:tc></w:tr>"
    )


def _over(sheet: Sheet, widths: list[int]) -> str:
    """Write the headings above the heads; a head without one begins here and goes on in the row below."""
    cells, at = [], 0
    for over, n in sheet.spans:
        head, width = sheet.heads[at], sum(widths[at : at + n])
        if over:
            centred = replace(head, number=False, apart=False)
            more = f'<w:gridSpan w:val="{n}"/>{THIN_EDGE}'
            cells.append(_cell(over, centred, width, size=sheet.layout.points, bold=True, more=more, side="center"))
        else:
            more = '<w:vMerge w:val="restart"/><w:vAlign w:val="bottom"/>'
            cells.append(_cell(head.text, head, width, size=sheet.layout.points, bold=True, more=more))
        at += n
    return _row(cells, head=True)


def _head(sheet: Sheet, widths: list[int]) -> str:
    """Write the heads."""
    merged = f"<w:vMerge/>{HEAD_EDGE}"
    cells = [
        _cell("", head, width, size=sheet.layout.points, more=merged)
        if sheet.spans and not head.over
        else _cell(
            head.text,
            head,
            width,
            size=sheet.layout.points,
            bold=True,
            more=f'{HEAD_EDGE}<w:vAlign w:val="bottom"/>',
        )
        for head, width in zip(sheet.heads, widths, strict=True)
    ]
    return _row(cells, head=True)


def _row(cells: list[str], *, head: bool = False) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, head: Head, width: int, *, size: int, bold: bool = False, more: str = "", side: str = "") -> str:
    indent = f'<w:ind w:left="{APART}"/>' if head.apart else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{more}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style_id(size, head=bold)}"/>{indent}'
        f'<w:jc w:val="{side or ("right" if head.number else "left")}"/></w:pPr>{_run(text)}</w:p></w:tc>'
    )


HEAD_EDGE = '<w:tcBorders><w:bottom w:val="single" w:sz="4" w:color="000000"/></w:tcBorders>'
THIN_EDGE = '<w:tcBorders><w:bottom w:val="single" w:sz="2" w:color="808080"/></w:tcBorders>'


def _run(text: str) -> str:
    lines = escape(legal(text)).split("\n")
    broken = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r>{broken}</w:r>"


def _freeze(archive: io.BytesIO, stream: BinaryIO) -> None:
    """Copy an archive with fixed dates, so that equal documents are equal files."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(zipfile.ZipInfo(info.filename), source.read(info), zipfile.ZIP_DEFLATED)
