"""The secret of a personal link in an address as it arrived: with what mail programs, filters and fingers did to it."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

LENGTH = 43  # letters of a secret: 32 random bytes in base64, as `delphi.people.links` mints them
LONGEST_ADDRESS = 4000  # a filter that wraps a link adds some hundred letters
MOST = 64  # readings of one address
GLUED = 16  # letters of a word before or after that have run into the secret
BROKEN = re.compile("=0D=0A|=0A|=?[\\s\u00ad\u200b\u2060\ufeff]+")  # breaks of lines, soft ones with their "="
RUN = re.compile(rf"[A-Za-z0-9_-]{{{LENGTH},}}")


def readings(address: str) -> list[str]:
    """Every secret that an address may hold, the likeliest first; only who keeps the secrets can tell which is one.

    Parameters
    ----------
    address
        What follows ``/p/`` in the address, with its question part, escaped or not.

    Examples
    --------
    >>> secret = "4z" * 21 + "9"
    >>> readings(secret) == readings(f"{secret}).") == readings(f"3D{secret[:20]}=%0A{secret[20:]}")[2:] == [secret]
    True
    >>> secret in readings(f"?url=https%3A%2F%2Fexample.org%2Fp%2F{secret}&data=05%7C01")
    True
    """
    found = dict.fromkeys(one for run in _runs(address) for one in _of_run(run))
    return sorted(found, key=lambda secret: not _stands_alone(secret, address))[:MOST]


def _runs(address: str) -> Iterator[str]:
    """The runs of letters that are long enough, in the address as it is and with its escapes undone twice."""
    text = address[:LONGEST_ADDRESS]
    for _ in range(3):
        for whole in (text, BROKEN.sub("", text)):
            yield from RUN.findall(whole)
        text = unquote(text)


def _of_run(run: str) -> Iterator[str]:
    """The secrets that a run may hold: itself, or a part of it where other letters are glued to it."""
    for start in range(min(len(run) - LENGTH, GLUED) + 1):
        yield run[start : start + LENGTH]


def _stands_alone(secret: str, address: str) -> bool:
    """Whether an address holds a secret with no letter of a secret beside it."""
    return re.search(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", address, re.ASCII) is not None
