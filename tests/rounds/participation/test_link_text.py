"""Secrets are found in addresses that mail programs and filters changed; nothing is made up."""

from string import ascii_letters, digits
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rounds.participation.link_text import LENGTH, MOST, readings

LETTERS = ascii_letters + digits + "-_"
SECRETS = st.text(LETTERS, min_size=LENGTH, max_size=LENGTH)
AROUND = st.text(max_size=40)
WORDS = st.text(LETTERS, max_size=16)
BREAKS = st.sampled_from(["=\n", "=\r\n", "\n", " ", "%0A", "%0D%0A", "=%0A", "=0A", "\u00ad", "%250A"])
WRAPPED = [
    "{}.", "{})", "{}>", "{}/", "{},", "{};", "{}\u201d", "<{}>", "3D{}", "=3D{}", "{}=", "{}%20", "{}%3E", "{}&data=05%7C01%7Ca",
    "?url=https%3A%2F%2Fdelphi.example.org%2Fp%2F{}&data=05%7C01&reserved=0", "https:/delphi.example.org/p/{}?utm_source=mail",
    "?u=https%253A%252F%252Fdelphi.example.org%252Fp%252F{}%2526x", "v3/__https://delphi.example.org/p/{}__;!!abc!x$",
]  # fmt: skip


@pytest.mark.parametrize("shape", WRAPPED)
@given(secret=SECRETS)
def test_a_wrapped_link_still_holds_its_secret(shape, secret):
    assert secret in readings(shape.format(secret))


@given(secret=SECRETS, at=st.integers(1, LENGTH - 1), gap=BREAKS)
def test_a_link_broken_over_lines_still_holds_its_secret(secret, at, gap):
    assert secret in readings(secret[:at] + gap + secret[at:])


@given(before=WORDS, secret=SECRETS, after=WORDS)
def test_words_that_ran_into_a_secret_do_not_hide_it(before, secret, after):
    assert secret in readings(before + secret + after)


@given(secret=SECRETS, before=AROUND, after=AROUND)
def test_the_secret_that_stands_alone_is_read_first(secret, before, after):
    assert readings(quote(before, safe="") + "/" + secret + "/" + quote(after, safe=""))[0] == secret


@given(text=st.text(LETTERS + "%=/?&. \n", max_size=300), other=SECRETS)
def test_no_secret_is_read_that_is_not_in_the_address(text, other):
    read = readings(text)
    assert len(read) <= MOST
    assert all(set(one) <= set(LETTERS) and len(one) == LENGTH for one in read)
    assert other in text or other not in read
