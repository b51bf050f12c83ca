"""What is written into a file of any format is read back, and what is no translation is listed, not dropped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.contents.exchange import formats, table_file
from delphi.contents.exchange.formats import FORMATS
from delphi.contents.exchange.rows import FileError, SentFile, SentRow

WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"), include_characters="\n\t"), min_size=1, max_size=60
).map(str.strip)
ROWS = st.lists(
    st.builds(
        SentRow,
        st.from_regex(r"[a-z]{1,9}\.[a-z0-9 éß.]{0,20}[a-z0-9]", fullmatch=True),
        st.sampled_from(("", "STMT1.1")),
        WORDS.filter(bool),
        WORDS,
        st.just(False),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row.item,
)


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_is_read_back(name):
    """A workbook is read by a process of its own, so fewer of them are tried."""

    @settings(max_examples=6 if name == "xlsx" else 50, deadline=None)
    @given(rows=ROWS)
    def holds(rows):
        comes_back(name, rows)

    holds()


def comes_back(name, rows):
    data = FORMATS[name].write(SentFile("care", "en", "nl", tuple(rows)))
    found = formats.read(data)
    assert found.language in ("nl", "")
    assert list(found.left_out) == []
    back = [(row.item, row.source, row.text, row.is_unfinished) for row in found.rows]
    assert back == [(row.item, row.source, row.text, False) for row in rows]


@pytest.mark.parametrize("name", FORMATS)
def test_a_stale_translation_that_comes_back_is_not_confirmed(name):
    sent = SentFile("care", "en", "nl", (SentRow("study.title", "", "Care", "Zorg", is_stale=True),))
    (row,) = formats.read(FORMATS[name].write(sent)).rows
    assert (row.text, row.confirms) == ("Zorg", False)


def test_cells_of_other_columns_are_listed():
    found = formats.read(b"item,source (en),translation (nl),notes\nstudy.title,Care,Zorg,ask Ada\n")
    assert [(one.place, one.text, one.why) for one in found.left_out] == [("2, notes", "ask Ada", table_file.NO_COLUMN)]
    assert found.language == "nl"


def test_entries_of_a_catalogue_that_are_no_pieces_are_listed():
    data = (
        'msgid ""\nmsgstr "Language: nl\\n"\n\nmsgid "no id"\nmsgstr "geen id"\n\n'
        'msgctxt "x"\nmsgid "one"\nmsgid_plural "many"\nmsgstr[0] "een"\nmsgstr[1] "veel"\n\n'
        '#, fuzzy\nmsgctxt "study.title"\nmsgid "Care"\nmsgstr "Zorg"\n\n#~ msgid "old"\n#~ msgstr "oud"\n'
    )
    found = formats.read(data.encode())
    assert sorted(one.text for one in found.left_out) == ["een veel", "geen id", "oud"]
    assert [(row.item, row.is_unfinished) for row in found.rows] == [("study.title", True)]


def test_segments_that_a_tool_cut_are_put_together():
    data = FORMATS["xliff-2.0"].write(SentFile("care", "en", "nl", (SentRow("a.b", "", "One. ", "Een. "),)))
    more = b"</segment><segment><source>Two.</source><target>Twee.</target></segment>"
    (row,) = formats.read(data.replace(b"</segment>", more)).rows
    assert (row.source, row.text) == ("One. Two.", "Een. Twee.")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html/>",
        b"<xliff version='1.2'/>",
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><xliff xmlns='urn:oasis:names:tc:xliff:document:1.2'>&a;</xliff>",
        b"a,b\n1,2\n",
        b'msgid "unclosed\n\nmsgid "x"\n',
    ],
)
def test_a_file_that_is_none_is_refused(data):
    with pytest.raises(FileError):
        formats.read(data)


def test_a_text_that_no_cell_of_excel_holds_is_refused():
    with pytest.raises(FileError):
        FORMATS["xlsx"].write(SentFile("care", "en", "nl", (SentRow("a.b", "", "x" * 40_000, ""),)))
