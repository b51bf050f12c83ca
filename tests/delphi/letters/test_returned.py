"""What five families of mail servers, and Gmail, write when a letter cannot be delivered; and what is no returned mail."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.letters import returned

MAILS = Path(__file__).parent / "returned"
DIALECTS = ("postfix", "exim", "exchange", "gmail", "qmail", "sendmail")
TOKEN, LETTER = "7-" + "0" * 31 + "1-" + "a" * 16, "6ba7b810-9dad-41d1-80b4-00c04fd430c8"


def mail(name, address="p1@panel.example.org"):
    text = (MAILS / f"{name}.eml").read_text()
    for mark, value in (("@TOKEN@", TOKEN), ("@LETTER@", LETTER), ("@ADDRESS@", address)):
        text = text.replace(mark, value)
    return text.encode()


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_each_dialect_names_the_letter_the_address_and_why(name, ends):
    read = returned.read(mail(name).replace(b"\n", ends))
    assert read.recipients == ("p1@panel.example.org",)
    assert read.letters == (LETTER,)
    assert read.tokens == (() if name == "exchange" else (TOKEN,))
    assert "550" in read.reason
    assert len(read.reason) <= returned.LONGEST_REASON
    assert "\n" not in read.reason


@pytest.mark.parametrize("name", ["out_of_office", "delayed"])
def test_an_absence_and_a_delay_are_no_returned_mail(name):
    assert returned.read(mail(name)) is None


def test_qmail_that_gave_up_for_a_while_is_no_returned_mail():
    assert returned.read(mail("qmail").replace(b"550 5.1.1 unknown user", b"451 4.4.1 try later")) is None


@given(st.binary(max_size=2000))
def test_whatever_comes_in_is_read_without_a_failure(data):
    for start in (b"", b"X-Failed-Recipients: a@b\n\n", b"Content-Type: message/delivery-status\n\nAction: failed\n"):
        read = returned.read(start + data)
        assert read is None or all("\n" not in one for one in read.recipients)
