"""Names of letters that go out and come back: signed, so that nobody makes one up, and good for one purpose alone.

A token names a letter, never a panelist: when names are destroyed nothing in an old mail leads to a code.
"""

import hmac
import re
from uuid import UUID

TOKEN = re.compile(r"([1-9][0-9]{0,8})-([0-9a-f]{32})-([0-9a-f]{16})")
STOP, BOUNCE = "stop reminders", "bounce"


def make(secret: str, purpose: str, study_id: int, letter: UUID) -> str:
    """Name a letter for a purpose.

    Examples
    --------
    >>> token = make("secret", STOP, 7, UUID(int=1))
    >>> read("secret", STOP, token), read("secret", BOUNCE, token), read("other", STOP, token)
    ((7, UUID('00000000-0000-0000-0000-000000000001')), None, None)
    """
    name = f"{study_id}-{letter.hex}"
    return f"{name}-{_signature(secret, purpose, name)}"


def _signature(secret: str, purpose: str, name: str) -> str:
    return hmac.new(secret.encode(), f"{purpose}/{name}".encode(), "sha256").hexdigest()[:16]


def read(secret: str, purpose: str, token: str) -> tuple[int, UUID] | None:
    """Find which letter of which study a token names; None if it was not made here for this purpose."""
    found = TOKEN.fullmatch(token)
    if found is None:
        return None
    study, letter, signed = found.groups()
    if not hmac.compare_digest(signed, _signature(secret, purpose, f"{study}-{letter}")):
        return None
    return int(study), UUID(letter)
