"""Heads of a mail message: what people and studies are called arrives as it was written, on every supported Python.

The standard library's own folding loses quotes of long names, makes two recipients of one at a comma, and reads a subject that
looks encoded as if it were. So each text that is more than short ASCII is written as encoded words (RFC 2047).
"""

import re
from email.header import Header
from email.headerregistry import AddressHeader, UnstructuredHeader
from email.policy import EmailPolicy
from email.utils import formataddr
from typing import Any

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LONGEST_PLAIN = 60
LINE = 76


def one_line(text: str) -> str:
    """Put a text on one line, without what would begin another head."""
    return " ".join(CONTROL.sub(" ", text).split())


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text and len(text) <= LONGEST_PLAIN


def encoded(text: str, head: str) -> str:
    """Write a text as encoded words, unless it is short ASCII."""
    return text if _is_plain(text) else Header(text, "utf-8", LINE, head).encode()


def _address(name: str, address: str, head: str) -> str:
    if _is_plain(name):
        return formataddr((name, address))
    return f"{encoded(name, head)}\n <{address}>"


class Heads(EmailPolicy):
    """Folds texts and addresses as above, and all else as the standard library does."""

    def fold(self, name: str, value: Any) -> str:
        """Write a head."""
        if isinstance(value, AddressHeader):
            written = ",\n ".join(_address(one.display_name, one.addr_spec, name) for one in value.addresses)
        elif isinstance(value, UnstructuredHeader) and name == "Subject":
            written = encoded(str(value), name)
        else:
            return str(super().fold(name, value))
        return f"{name}: {written}\n".replace("\n", self.linesep)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Write a head as bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


AS_SENT = Heads(linesep="\r\n")
