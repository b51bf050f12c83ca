"""Tables for \\input: they compile within a document of somebody else, float, are referred to, and escape what is typed."""

import io
from dataclasses import replace

import hostile
import pytest
import readers

from exports.formats import FORMATS
from exports.tables.document import Document, Heading
from exports.tables.house import HOUSES
from exports.tables.table import Column, Table

FOREIGN = r"""\documentclass[twocolumn]{report}
\usepackage{booktabs,array}
\IfFileExists{threeparttable.sty}{\usepackage{threeparttable}}{}
\begin{document}
See Table~\ref{tab:journal-table-1}.
\input{ours}
\end{document}
"""
COLUMNS = (
    Column("section", "text", "Section"),
    Column("item", "text", "Item"),
    Column("a", "percent", "R1: Agree %", over="R1"),
    Column("b", "float", "R1: Mean", over="R1"),
    Column("c", "text", "Verdict"),
)


def table(*texts):
    rows = tuple(("Core & more", text, 66.6, 2.5, "in") for text in texts)
    notes = ("IQR: interquartile range.", "50 % of {all}")
    return Table("journal-table/1", "Consensus", "A caption.", COLUMNS, rows, notes, breaks=("section",))


def written(exhibit):
    stream = io.BytesIO()
    FORMATS["latex-table"].write(exhibit, stream)
    return stream.getvalue().decode()


def compiled(text, folder):
    (folder / "ours.tex").write_text(text, encoding="utf-8")
    (folder / "paper.tex").write_text(FOREIGN, encoding="utf-8")
    for _ in range(2):
        readers.run("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex", folder=folder)
    return readers.run("pdftotext", "-raw", folder / "paper.pdf", "-")


@pytest.mark.parametrize("house", ["", "lancet"])
def test_a_table_compiles_within_a_foreign_document(tmp_path, house):
    made = table("Pain", "Sleep")
    text = compiled(written(replace(made, house=HOUSES[house]) if house else made), tmp_path)
    assert "See Table 1." in text
    assert "Table 1: Consensus" in text  # the number is the document's own
    assert "Core & more" in text
    assert ("2·5" in text) == (house == "lancet")


def test_hostile_texts_are_texts(tmp_path):
    text = written(table(*[one for one in hostile.HOSTILE if one.isascii() and len(one) < 200], "\\input{secret}"))
    assert "\\input{secret}" not in text
    compiled(text, tmp_path)


def test_every_table_of_a_document_has_a_label_of_its_own():
    text = written(Document("D", (Heading("H"), table("Pain"), table("Sleep"))))
    assert [label in text for label in (r"\label{tab:journal-table-1}", r"\label{tab:journal-table-2}")] == [True, True]
    assert r"\begin{document}" not in text
