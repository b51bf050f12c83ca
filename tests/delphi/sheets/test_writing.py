import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.sheets.writing import LIVE, guarded, write_csv


def written(head, rows):
    stream = io.StringIO(newline="")
    write_csv(stream, head, rows)
    return stream.getvalue()


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=4))
def test_no_cell_begins_like_a_formula_and_texts_come_back(rows):
    back = list(csv.reader(io.StringIO(written(["=a", "b"], rows), newline=""), strict=True))
    assert back == [["'=a", "b"]] + [[guarded(text) for text in row] for row in rows]
    assert not any(text.startswith(LIVE) for row in back for text in row)


@pytest.mark.parametrize("start", LIVE)
def test_every_dangerous_start_is_guarded(start):
    assert guarded(f"{start}cmd|' /C calc'!A0").startswith("'")


def test_numbers_stay_bare_and_lines_end_with_crlf():
    assert written(["a", "b", "c", "d", "e"], [(-1, -0.5, True, None, "-x")]) == (
        '"a","b","c","d","e"\r\n-1,-0.5,true,,"\'-x"\r\n'
    )
