"""The key of this installation."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi import signing
from delphi.config import WrongSetting, secret_of_this_server

TOLD = "lnGyzzdTStcMAG1Kc+9PpjA4/1NbIU2E8I/lfX1rg/w="


def test_a_secret_has_the_same_key_for_ever():
    """Whoever was told a key compares with it in years: this one was written down with the first version that signs."""
    assert signing.public_key_of("k" * 32) == TOLD


@given(content=st.binary(max_size=200), secrets=st.lists(st.text(min_size=16), min_size=2, max_size=2, unique=True))
def test_only_the_own_key_finds_the_own_text_signed(content, secrets):
    own, other = secrets
    key, signature = signing.public_key_of(own), signing.signature_of(content, own)
    assert signing.has_signed(content, signature, key)
    assert signature == signing.signature_of(content, own)
    assert not signing.has_signed(content + b"x", signature, key)
    assert not signing.has_signed(content, signing.signature_of(content, other), key)
    assert not signing.has_signed(content, signature, signing.public_key_of(other))


@pytest.mark.parametrize(
    "wrong", ["", "é", "AAAA", "A" * 43, "A" * 42 + "B=", "A" * 43 + "=\n", base64.b64encode(b"k" * 33).decode()]
)
def test_what_is_no_public_key_is_told(wrong):
    assert not signing.is_public_key(wrong)
    assert not signing.has_signed(b"text", signing.signature_of(b"text", "k" * 32), wrong)
    assert signing.is_public_key(signing.public_key_of("k" * 32))


@pytest.mark.parametrize("environ", [{}, {"SECRET_KEY": ""}])
def test_without_the_servers_secret_nothing_is_signed(environ):
    with pytest.raises(WrongSetting, match=r"^SECRET_KEY is not set.*as the server has it"):
        secret_of_this_server(environ)


def test_a_command_signs_with_the_secret_of_the_server(tmp_path):
    assert secret_of_this_server({"SECRET_KEY": "k" * 32}) == "k" * 32
    (tmp_path / "key").write_text("f" * 32, encoding="utf-8")
    assert secret_of_this_server({"SECRET_KEY_FILE": str(tmp_path / "key")}) == "f" * 32
