"""What a DOCX file sets once: its properties, its language and its styles."""

from datetime import datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    from docx.document import Document as Word

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 (a fixed date, so that equal exports are equal files)
FONT = "Times New Roman"  # on every machine, or one of the same widths
SIZES = {
    "Normal": 10,
    "Caption": 10,
    "Title": 16,
    "Heading 1": 13,
    "Heading 2": 11,
    "Heading 3": 10,
    "Body Text 3": 8.5,
}
AFTER = {"Title": 8, "Caption": 4, "Body Text 3": 2}  # points below a paragraph


TABLE_SIZES = (9, 8, 7, 6)  # points of the letters in tables, by the room they have
NOTE = "Table Note"


def style_id(points: int, *, head: bool = False) -> str:
    """Id of the style of a cell, or of a head.

    Examples
    --------
    >>> style_id(8), style_id(9, head=True)
    ('TableText8', 'TableHead9')
    """
    return f"Table{'Head' if head else 'Text'}{points}"


def prepare(word: "Word", title: str, language: str) -> None:
    """Set the properties, styles and language of an empty document."""
    about = word.core_properties
    about.title, about.author, about.last_modified_by, about.comments = title[:255], "Delphi", "Delphi", ""
    about.created = about.modified = CREATED
    about.language = language
    _add_table_styles(word)
    for name, size in SIZES.items():
        _set_font(word, name, size)
    _set_spacing(word)
    _set_language(word, language)


def _set_font(word: "Word", name: str, size: float) -> None:
    """Set size, colour and name of the letters of a style."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style = word.styles[name]
    style.font.size, style.font.name, style.font.color.rgb = Pt(size), FONT, RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for theme in [key for key in fonts.attrib if "Theme" in key]:
        del fonts.attrib[theme]  # the theme would win over the name
    fonts.set(qn("w:cs"), FONT)
    fonts.set(qn("w:hAnsi"), FONT)


def _add_table_styles(word: "Word") -> None:
    """Add the styles of cells, heads and notes: an author changes a whole table by changing one of them."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    for points in TABLE_SIZES:
        for head in (False, True):
            style = word.styles.add_style(f"Table {'Head' if head else 'Text'} {points}", WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = word.styles["Normal"]
            style.font.size, style.font.bold = Pt(points), head or None
            style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(1)
            style.paragraph_format.line_spacing = 1.0
    note = word.styles.add_style(NOTE, WD_STYLE_TYPE.PARAGRAPH)
    note.base_style = word.styles["Body Text 3"]


def _set_spacing(word: "Word") -> None:
    """Make the title bold without a line below it, and set the room below paragraphs."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    title = word.styles["Title"]
    for edge in title.element.pPr.findall(qn("w:pBdr")):
        title.element.pPr.remove(edge)
    title.font.bold = True
    for name, points in AFTER.items():
        word.styles[name].paragraph_format.space_after = Pt(points)


def _set_language(word: "Word", language: str) -> None:
    """Set the language of all texts."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import parse_xml

    runs = word.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in runs.findall(qn("w:lang")):
        runs.remove(old)
    runs.append(parse_xml(f"<w:lang {SPACE} w:val={quoteattr(language)}/>"))
