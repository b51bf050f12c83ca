"""What a letter's head says is what was written, whatever people and studies are called."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import SMTP
from email.utils import getaddresses
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from delphi.letters import message
from delphi.letters.kinds.kind import Text
from delphi.letters.relay import as_sent

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn")), max_size=200).map(
    lambda text: " ".join(text.split())
)
HARD = (
    'Ada "the first" Lovelace, (née Byron); <ada@x>',
    "Ångström-Łukasiewicz, Zoë " * 6,
    "=?utf-8?q?no?=",
    "Προς, όλους @ «εδώ»: " * 5,
    'مرحبا، يا "صديقي" ' * 8,
    "a, b@c, " * 20,
    "x" * 180,
    "Dr. O'Neil\\",
)


def letter(**changes):
    facts = {
        "subject": "Round 1",
        "text": "A line.\n",
        "to": message.Recipient("Zoë", "p1@panel.example.org"),
        "sender": "Delphi <delphi@example.org>",
        "reply_to": "ada@example.org",
        "message_id": "<1@delphi.example.org>",
        "date": datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
    }
    return message_from_bytes(as_sent(message.envelope(**facts | changes)))


def to(name):
    return message.Recipient(name, "p1@panel.example.org")


def modern(read):
    """The same letter as the library's newer reader understands it."""
    return message_from_bytes(read.as_bytes(), policy=SMTP)


def hard(test):
    for text in HARD:
        test = example(" ".join(text.split()))(test)
    return hypothesis_settings(max_examples=300)(given(WORDS)(test))


@hard
def test_a_letter_has_one_recipient_called_as_written(name):
    read = letter(to=to(name))
    ((shown, address),) = getaddresses([read["To"]])
    assert (address, str(make_header(decode_header(shown)))) == ("p1@panel.example.org", name)
    assert [one.addr_spec for one in modern(read)["To"].addresses] == ["p1@panel.example.org"]


@hard
def test_a_subject_is_read_as_it_was_written(subject):
    assert modern(letter(subject=subject))["Subject"] == subject


@hard
def test_a_letter_has_every_head_once(text):
    read = letter(subject=text, to=to(text))
    for head in ("Date", "From", "Reply-To", "To", "Message-ID", "Subject", "Auto-Submitted"):
        assert len(read.get_all(head)) == 1
    assert read.get_payload() == "A line.\r\n"
    assert all(len(line) <= 78 for line in read.as_string().splitlines())


def test_a_letter_tells_when_it_was_written():
    assert modern(letter())["Date"].datetime == datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["a\nBcc: x@y", "a\r\n\r\nbody", "a\x00b"])
def test_a_name_or_subject_adds_no_head(wrong):
    read = modern(letter(to=to(wrong), subject=wrong))
    assert read["Bcc"] is None
    assert read.get_content() == "A line.\n"
    assert len(read["To"].addresses) == 1


def test_a_language_without_a_catalogue_is_called_english_as_it_is_written():
    study = SimpleNamespace(title="Care", lead_name="Ada", contact_email="ada@example.org", notice="", language="fa")
    facts = {"study": study, "link": "https://x"}
    own = Text("S", "{link}")
    assert message.compose("thanks", facts).language == "en"
    assert message.compose("thanks", facts, own).language == "fa"
