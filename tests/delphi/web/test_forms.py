"""Cleaning of what was typed, before it reaches a column."""

import pytest

from delphi.web.forms import clean, one_line, whole_number


@pytest.mark.parametrize(
    ("typed", "longest", "stored"),
    [(None, None, ""), ("  a\r\nb\0 ", None, "a\nb"), ("abcd", 3, "abc"), ("abc", 3, "abc"), (" abc", 3, "abc")],
)
def test_a_text_is_stored_clean(typed, longest, stored):
    assert clean(typed, longest) == stored


@pytest.mark.parametrize(("typed", "stored"), [(None, ""), (" Zoë\r\n \tÄß\0 ", "Zoë Äß")])
def test_a_name_stands_in_one_line(typed, stored):
    assert one_line(typed) == stored


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (" 7 ", 7),
        ("0", 0),
        ("99999999", 99_999_999),
        ("100000000", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_a_whole_number_has_at_most_eight_digits(typed, number):
    assert whole_number(typed) == number
