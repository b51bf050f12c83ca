"""Readers of our files that are not ours: each gives back tables as heads and rows of texts, whatever the format."""

import csv
import io
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import docx
import openpyxl
import readers

ESCAPED = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"\textquotedbl{}": '"',
    r"\textdagger{}": "†",
    r"\ensuremath{-}": "−",
    r"\ensuremath{\geq}": "≥",
    r"\ensuremath{\leq}": "≤",
    r"\allowbreak{}": "",
    "{[}": "[",
    "{]}": "]",
    "{*}": "*",
    "{-}": "-",
    **{f"\\{sign}": sign for sign in "&%$#_{}"},
}
MACRO = re.compile("|".join(map(re.escape, sorted(ESCAPED, key=len, reverse=True))))


def squeezed(words):
    """Words with single spaces, without marks where a line may end."""
    return " ".join(str(words).replace("\u200b", "").split())


@dataclass
class Grid:
    """A printed table; headings above rows are left out."""

    heads: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    def add(self, cells):
        """Take a row; the first is the head."""
        cells = [squeezed(cell) for cell in cells]
        (self.rows.append if self.heads else self.heads.extend)(cells)

    @property
    def packed(self):
        """All lines without any space: where a line of a page ends is no matter of the cell."""
        return [["".join(cell.split()) for cell in line] for line in (self.heads, *self.rows)]


class Page(HTMLParser):
    """Tables, headings and paragraphs of a page."""

    def __init__(self):
        super().__init__()
        self.grids, self.words, self.row, self.text, self.heads, self.spans = [], [], None, None, None, []
        self.in_cell = False

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        if tag == "table":
            self.grids.append(Grid())
        elif tag == "thead":
            self.heads = []
        elif tag == "tr":
            self.row, self.spans = [], []
        elif tag in ("th", "td"):
            self.row.append("")
            self.in_cell = True
            self.spans.append((int(facts.get("colspan", 1)), int(facts.get("rowspan", 1))))
        elif tag in ("h1", "h2", "h3", "p"):
            self.text = ""

    def handle_data(self, data):
        if self.in_cell:
            self.row[-1] += data
        elif self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.in_cell = False
        elif tag == "thead":
            self.grids[-1].add(stacked(self.heads))
            self.heads = None
        elif tag == "tr" and self.row:
            if self.heads is not None:
                self.heads.append([(text, *span) for text, span in zip(self.row, self.spans, strict=True)])
            elif self.spans[0][0] == 1:
                self.grids[-1].add(self.row)
            self.row = None
        elif tag in ("h1", "h2", "h3", "p"):
            self.words.append(squeezed(self.text))
            self.text = None


def stacked(rows):
    """Heads of one row or two: a head under another is read after it, as a person reads them."""
    if len(rows) == 1:
        return [text for text, *_ in rows[0]]
    below, heads = iter(rows[1]), []
    for text, wide, high in rows[0]:
        heads += [text] if high == 2 else [f"{text}: {next(below)[0]}" for _ in range(wide)]
    assert next(below, None) is None
    return heads


def html(data, folder):
    """Tables and paragraphs of a page, by the parser of the standard library."""
    page = Page()
    page.feed(data.decode())
    return page.grids, page.words


def word(data, folder):
    """Tables and paragraphs of a document, by python-docx."""
    document = docx.Document(io.BytesIO(data))
    grids = []
    for table in document.tables:
        heads = [row for row in table._tbl.tr_lst if row.xpath("w:trPr/w:tblHeader")]
        grid = Grid()
        grid.add(stacked([list(cells_of(row)) for row in heads]))
        for row in table._tbl.tr_lst[len(heads) :]:
            cells = list(cells_of(row))
            if cells[0][1] == 1:
                grid.add([text for text, *_ in cells])
        grids.append(grid)
    return grids, [squeezed(p.text) for p in document.paragraphs if p.text]


def cells_of(row):
    """Text of each cell with the columns and rows it takes; a cell that only goes on from above is none."""
    for cell in row.tc_lst:
        [span] = cell.xpath("w:tcPr/w:gridSpan") or [None]
        [merged] = cell.xpath("w:tcPr/w:vMerge") or [None]
        if merged is None or merged.val == "restart":
            text = "".join(text_of(part) for part in cell.xpath(".//w:t|.//w:br"))
            yield text, 1 if span is None else span.val, 1 if merged is None else 2


def text_of(part):
    """Words of a run, and a space where a line ends."""
    return part.text or "" if part.tag.endswith("}t") else " "


def latex(data, folder):
    """Tables of a source text; a row that goes on in the next begins there with an empty cell."""
    grids = []
    for part in re.findall(r"\\begin\{longtable\}.*?\n(.*?)\\end\{longtable\}", data.decode(), re.DOTALL):
        grid, over = Grid(), []
        for line in part.splitlines():
            if line.endswith(r"\endfirsthead"):
                continue
            row = re.sub(r"^\\toprule | \\\\ \\midrule \\endhead.*", "", line)
            if not grid.heads and "\\cmidrule" in row:
                above, _, row = re.split(r" \\\\ ((?:\\cmidrule\(lr\)\{[\d-]+\})+) ", row)
                over = [span_of(cell) for cell in above.split(" & ")]
            elif row.startswith(r"\multicolumn"):
                continue
            cells = re.split(r" & ", row.removesuffix(r" \\"))
            texts = [plain(re.sub(r"^\\textbf\{(.*)\}$", r"\1", cell)) for cell in cells]
            if over and not grid.heads:
                begins = [f"{name}: " if name else "" for name, n in over for _ in range(n)]
                grid.add([begin + text for begin, text in zip(begins, texts, strict=True)])
            elif grid.rows and not texts[0]:
                grid.rows[-1] = [squeezed(f"{cell} {more}") for cell, more in zip(grid.rows[-1], texts, strict=True)]
            else:
                grid.add(texts)
        grids.append(grid)
    return grids, None


def span_of(cell):
    """A heading above the heads, and over how many."""
    found = re.match(r"\\multicolumn\{(\d+)\}\{c\}\{\\textbf\{(.*)\}\}$", cell)
    return (plain(found[2]), int(found[1])) if found else ("", 1)


def plain(source):
    """What LaTeX prints for this source."""
    return MACRO.sub(lambda found: ESCAPED[found[0]], source)


def tagged(data, folder):
    """Tables by the tags of a PDF, as poppler reads them: thorough, and slow where tables are long."""
    path = folder / "read.pdf"
    path.write_bytes(data)
    grids, row, span = [], None, False
    for line in [*readers.run("pdfinfo", "-struct-text", path).splitlines(), "  TR"]:
        said = line.strip()
        [tag] = re.findall(r"^(TR|TH|TD|Table|P|H\d|Figure|Caption)\b", said) or [""]
        if tag and tag not in ("TH", "TD"):
            if row and not span:
                grids[-1].add(row)
            row, span = ([] if tag == "TR" else None), False
        if tag == "Table":
            grids.append(Grid())
        elif tag:
            row = row if row is None or tag == "TR" else [*row, ""]
        elif said.startswith("/ColSpan"):
            span = True
        elif row and said.startswith('"'):
            row[-1] += said[1 : said.rindex('"')]
    return grids


def unread(data, folder, grids):
    """Rows that a PDF does not print cell after cell, one row after the other; where lines end is no matter."""
    path = folder / "read.pdf"
    path.write_bytes(data)
    text = "".join(readers.run("pdftotext", "-raw", path, "-").replace("\u200b", "").split())
    at, missing = 0, []
    heads = [[head] for grid in grids for name in grid.heads for head in name.split(": ", 1)]
    missing += [head for head in heads if "".join(head[0].split()) not in text]
    for line in [line for grid in grids for line in grid.rows]:
        packed = "".join("".join(line).split())
        found = text.find(packed, at)
        if found < 0:
            missing.append(line)
        at = max(at, found)
    return missing


PAGES = {"html": html, "docx": word, "latex": latex}


def rows_of_csv(data):
    """Rows of a CSV file as texts."""
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def rows_of_json(data):
    """Rows of a JSON file as values."""
    return json.loads(data)["rows"]


@dataclass
class Book:
    """A workbook: its rows as values, the sheet they stand on, and what the codebook says of each column."""

    rows: list
    sheets: dict
    codebook: dict
    formats: list


def book_of(data):
    """Read a workbook with openpyxl; the rows of its sheets by round stand after each other."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    named = [name for name in book.sheetnames if name == "table" or name.startswith("round ")]
    sheets = {name: sheet_of(book[name]) for name in [*named, *(["final"] if "final" in book.sheetnames else [])]}
    _, *lines = book["codebook"].iter_rows(values_only=True)
    rows = [row for name in named for row in sheets[name]]
    formats = [cell.number_format for name in named for row in book[name].iter_rows(min_row=2) for cell in row]
    return Book(rows, sheets, {name: (label, kind) for name, label, kind in lines}, formats)


def sheet_of(sheet):
    """Rows under the names of the first line."""
    names, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(names, line, strict=True)) for line in lines]
