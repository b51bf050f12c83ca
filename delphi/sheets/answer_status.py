"""What became of an answer, in the words and codes of the files that are written here."""

from enum import StrEnum


class Status(StrEnum):
    """Why there is a rating, or none."""

    RATED = "rated"
    NQ = "nq"
    BLANK = "blank"
    ABSENT = "absent"


NOT_SHOWN = "not shown"  # in place of a group that is too small to be told
# In SPSS a missing value must be a number: those of the opt-out and of a blank lie below every scale.
SPSS_NQ, SPSS_BLANK, SPSS_ABSENT = -1001, -1002, -1003
MISSING = {
    "sav": {str(SPSS_NQ): Status.NQ, str(SPSS_BLANK): Status.BLANK, str(SPSS_ABSENT): Status.ABSENT},
    "dta": {"a": Status.NQ, "b": Status.BLANK, "d": Status.ABSENT},
}


def status(text: str) -> Status:
    """Read one status.

    Examples
    --------
    >>> status("nq")
    <Status.NQ: 'nq'>
    """
    try:
        return Status(text)
    except ValueError:
        raise ValueError(f"“{text}” is not one of {', '.join(Status)}") from None


def contradiction(told: Status, *, rated: bool, opted_out: bool) -> str:
    """Say what is wrong with an answer beside its status; nothing where they agree.

    Examples
    --------
    >>> contradiction(Status.NQ, rated=True, opted_out=False)
    'a rating beside the status nq'
    """
    if told is Status.RATED and not rated:
        return "no rating beside the status rated"
    if told is not Status.RATED and rated:
        return f"a rating beside the status {told}"
    return f"NQ beside the status {told}" if opted_out and told is not Status.NQ else ""
