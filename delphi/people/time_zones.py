"""In which time zone a person is, where the panel's file told it in a column of that name."""

from functools import cache
from zoneinfo import ZoneInfo

from delphi.model.identity import Identity

COLUMN = "timezone"  # however its head is spaced


def zone_of(person: Identity) -> str | None:
    """The time zone of a person; None if it is not known, or is none."""
    for name, value in person.characteristics.items():
        if "".join(sign for sign in name.casefold() if sign.isalpha()) == COLUMN:
            zone = str(value).strip()
            return zone if _exists(zone) else None
    return None


@cache
def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True
