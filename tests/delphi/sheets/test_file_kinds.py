"""A file that is no table is told as what it is, whatever its name says."""

import io

import pytest
from workbooks import archive, workbook

from delphi.sheets.errors import SheetError
from delphi.sheets.file_kinds import other_kind, refuse_other_kinds

PDF = b"%PDF-1.7\n1 0 obj\n"


def parts(name):
    made = archive({name: "<x/>"})
    return made.getvalue() if isinstance(made, io.BytesIO) else made


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (PDF, "a PDF"),
        (b"{\\rtf1 x", "a text in RTF"),
        (b"\x89PNG\r\n", "a picture"),
        (parts("word/document.xml"), "Word"),
    ],
)
def test_what_is_no_table_is_named(data, told):
    with pytest.raises(SheetError, match=told):
        refuse_other_kinds(data)


def test_tables_pass():
    book = workbook([["code", "text"], ["A", "Care."]])
    for data in (b"code,text\n", b"", book.getvalue() if isinstance(book, io.BytesIO) else book):
        assert other_kind(data) is None


def test_a_pdf_that_is_called_a_workbook_is_no_list_of_statements(app, pages, ada):
    sent = {"file": (io.BytesIO(PDF), "statements.xlsx")}
    page = ada.send("/studies/care/statements", sent, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "this is a PDF, whatever its name says" in page.text
