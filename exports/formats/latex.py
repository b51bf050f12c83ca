"""LaTeX: booktabs and longtable; compiles under pdflatex, lualatex and xelatex, and never on the server."""

import re
from collections.abc import Iterator
from itertools import accumulate, zip_longest
from textwrap import wrap
from typing import BinaryIO

from exports.formats.text import breakable, legal
from exports.tables.document import Block, Exhibit, Figure, Heading, Paragraph, document_of
from exports.tables.layout import Break, Sheet, leaves, sheet_of
from exports.tables.table import Table

ESCAPES = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "-": "{-}",
    "†": r"\textdagger{}",
    "−": r"\ensuremath{-}",
    "≥": r"\ensuremath{\geq}",
    "≤": r"\ensuremath{\leq}",
    "\u200b": r"\allowbreak{}",
}
PREAMBLE = r"""\documentclass[a4paper,10pt]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \usepackage{textcomp}
  % what these fonts lack is printed as a question mark; lualatex and xelatex print it as it is
  \makeatletter\def\UTFviii@undefined@err#1{?}\def\UTFviii@invalid@err#1{?}\def\UTFviii@invalid@help#1{?}\makeatother
\else
  \usepackage{fontspec}
\fi
\usepackage{lmodern}
\usepackage{booktabs,longtable,array,pdflscape}
\usepackage[%(landscape)smargin=18mm]{geometry}
\setlength{\tabcolsep}{3pt}
\newcolumntype{L}[1]{>{\raggedright\arraybackslash}p{#1\linewidth}}
\newcolumntype{R}[1]{>{\raggedleft\arraybackslash}p{#1\linewidth}}
"""
FRAGMENT = r"""% needs \usepackage{booktabs,array}, and has its notes by threeparttable where that is loaded
\ifcsname threeparttable\endcsname\else
  \newenvironment{threeparttable}{\begin{minipage}{\linewidth}\centering}{\end{minipage}}
  \newenvironment{tablenotes}{\begin{list}{}{\leftmargin0pt\itemsep0pt\parsep0pt}}{\end{list}}
\fi"""
APART = r"@{\hspace{9pt}}"  # between a number and a text beside it
LINE, LINE_TURNED = 495, 742  # points of a line on a page with these margins
LONGEST = 1000  # letters of a row: a longer one would not fit a page, and longtable breaks no row
SIZES = {9: r"\small", 8: r"\footnotesize", 7: r"\scriptsize"}
SECTIONS = ("section", "subsection", "subsubsection", "paragraph")


def escaped(text: str) -> str:
    r"""Write text so that LaTeX prints it; a line end is a space.

    Examples
    --------
    >>> escaped("50 % \\input{x}")
    '50 \\% \\textbackslash{}input\\{x\\}'
    """
    plain = breakable(re.sub(r"\s+", " ", legal(text)))
    return "".join(ESCAPES.get(sign, sign) for sign in plain)


def write(exhibit: Exhibit, stream: BinaryIO) -> None:
    """Write a whole document."""
    document = document_of(exhibit)
    runs = leaves(document)
    landscape = runs[0][0]
    lines = [PREAMBLE.replace("%(landscape)s", "landscape," if landscape else "")]
    lines += [rf"\title{{{escaped(document.title)}}}\date{{}}\author{{}}", r"\begin{document}\maketitle"]
    if document.notice:
        lines.append(rf"\noindent\fbox{{\parbox{{0.95\linewidth}}{{{escaped(document.notice)}}}}}\par\bigskip")
    for turned, blocks in runs:
        written = [line for block in blocks for line in _block(block)]
        lines += written if turned == landscape else [r"\begin{landscape}", *written, r"\end{landscape}"]
    stream.write("\n".join([*lines, r"\end{document}", ""]).encode())


def write_fragment(exhibit: Exhibit, stream: BinaryIO) -> None:
    r"""Write tables for \input in a document that loads booktabs and array; each has a label."""
    document = document_of(exhibit)
    tables = [
        block.data if isinstance(block, Figure) else block
        for block in document.blocks
        if isinstance(block, Table | Figure)
    ]
    lines = [FRAGMENT]
    if document.notice:
        lines.append(f"% {' '.join(legal(document.notice).split())}")
    for number, table in enumerate(tables, 1):
        lines += _fragment(sheet_of(table), f"tab:{table.schema.partition('/')[0]}-{number}")
    lines = [line.replace(ESCAPES['"'], "''") for line in lines]  # the other needs an encoding of letters
    stream.write("\n".join([*lines, ""]).encode())


def _fragment(sheet: Sheet, label: str) -> Iterator[str]:
    """A table that floats, with its notes below; the number is LaTeX's, so that the label of a house style is left out."""
    size = SIZES.get(sheet.layout.points, r"\tiny")
    yield r"\begin{table}"
    yield rf"\centering{size}\setlength{{\tabcolsep}}{{3pt}}"
    yield r"\begin{threeparttable}"
    caption = [rf"\caption{{{escaped(sheet.bare)} {escaped(sheet.caption)}}}\label{{{label}}}"]
    yield from [] if sheet.below else caption
    yield rf"\begin{{tabular}}{{@{{}}{_plain_columns(sheet)}@{{}}}}"
    heads = " & ".join(rf"\textbf{{{escaped(head.text)}}}" for head in sheet.heads)
    yield rf"\toprule {_spans(sheet)}{heads} \\ \midrule"
    for line in sheet.lines:
        if isinstance(line, Break):
            yield rf"\multicolumn{{{len(sheet.heads)}}}{{@{{}}l@{{}}}}{{\textbf{{{escaped(line.text)}}}}} \\"
        else:
            yield " & ".join(escaped(cell) for cell in line) + r" \\"
    yield r"\bottomrule\end{tabular}"
    yield from caption if sheet.below else []
    notes = [rf"\item {escaped(note)}" for note in sheet.notes]
    yield from [r"\begin{tablenotes}\footnotesize", *notes, r"\end{tablenotes}"] if notes else []
    yield r"\end{threeparttable}\end{table}"


def _plain_columns(sheet: Sheet) -> str:
    """Columns without types of their own, so that any document has them."""
    line = 0.97 - 0.012 * len(sheet.heads)
    sides = {True: r"\raggedleft", False: r"\raggedright"}
    return "".join(
        rf">{{{sides[head.number]}\arraybackslash}}p{{{line * head.share:.3f}\linewidth}}" for head in sheet.heads
    )


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield rf"\{SECTIONS[min(block.level, 4) - 1]}*{{{escaped(block.text)}}}"
    elif isinstance(block, Paragraph):
        yield escaped(block.text) + "\n"
    elif isinstance(block, Figure):
        yield (
            rf"\paragraph{{{escaped(block.title)}}} {escaped(block.alternative)} % the picture is a file of its own"
            "\n"
        )
        yield from _table(sheet_of(block.data))
    else:
        yield from _table(sheet_of(block))


def _table(sheet: Sheet) -> Iterator[str]:
    size = SIZES.get(sheet.layout.points, r"\tiny")
    yield f"{{{size}"
    yield rf"\begin{{longtable}}{{@{{}}{_columns(sheet)}@{{}}}}"
    heads = " & ".join(rf"\textbf{{{escaped(head.text)}}}" for head in sheet.heads)
    caption = rf"\textbf{{{escaped(sheet.title)}}} {escaped(sheet.caption)}"
    head = rf"\toprule {_spans(sheet)}{heads} \\ \midrule"
    if not sheet.below:
        yield rf"\multicolumn{{{len(sheet.heads)}}}{{@{{}}p{{\linewidth}}@{{}}}}{{{caption}}} \\[4pt]"
    yield rf"{head} \endfirsthead"
    yield rf"{head} \endhead \bottomrule \endfoot"
    for line in sheet.lines:
        if isinstance(line, Break):
            yield rf"\multicolumn{{{len(sheet.heads)}}}{{@{{}}p{{0.95\linewidth}}@{{}}}}{{\textbf{{{escaped(line.text)}}}}} \\*"
        else:
            for part in zip_longest(*(wrap(legal(cell), LONGEST) for cell in line), fillvalue=""):
                yield " & ".join(escaped(cell) for cell in part) + r" \\"
    yield r"\end{longtable}"
    if sheet.below:
        yield rf"\noindent {caption}\par"
    yield from (rf"\noindent\footnotesize {escaped(note)}\par" for note in sheet.notes)
    yield "}"


def _spans(sheet: Sheet) -> str:
    """Write the headings above the heads, each over a rule of its own."""
    if not sheet.spans:
        return ""
    cells = [rf"\multicolumn{{{n}}}{{c}}{{\textbf{{{escaped(over)}}}}}" if over else "" for over, n in sheet.spans]
    ends = list(accumulate(n for _, n in sheet.spans))
    rules = [rf"\cmidrule(lr){{{end - n + 1}-{end}}}" for (over, n), end in zip(sheet.spans, ends, strict=True) if over]
    return rf"{' & '.join(cells)} \\ {''.join(rules)} "


def _columns(sheet: Sheet) -> str:
    """Widths of the columns: each has its part of the line, less the space between columns."""
    whole = LINE_TURNED if sheet.layout.turned else LINE
    line = 0.995 - (6 * len(sheet.heads) + 9 * sum(head.apart for head in sheet.heads)) / whole
    return "".join(
        f"{APART if head.apart else ''}{'R' if head.number else 'L'}{{{line * head.share:.3f}}}" for head in sheet.heads
    )
