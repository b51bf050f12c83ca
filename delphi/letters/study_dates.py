"""The dates of a study as entries of a calendar: the close of an open round, the day on which the next is to open."""

from delphi.letters.calendar import Entry
from delphi.model.round import Round
from delphi.model.study import Study


def closing(study: Study, round_: Round, host: str) -> Entry:
    """Give the close of an open round; an extension makes a later version of the same entry."""
    assert round_.opened_at is not None
    assert round_.closes_at is not None
    return Entry(
        uid=f"{study.slug}-round-{round_.number}-closes@{host}",
        title=f"{study.title}: round {round_.number} closes" if round_.number else f"{study.title}: open round closes",
        when=round_.closes_at,
        # An extension only makes a round longer, so its length orders the versions of this entry.
        sequence=int((round_.closes_at - round_.opened_at).total_seconds()) // 60,
        text="Your link is in the mail of the study.",
    )


def opening(study: Study, round_: Round, host: str) -> Entry:
    """Give the day on which a round is planned to open."""
    assert round_.opens_on is not None
    return Entry(
        uid=f"{study.slug}-round-{round_.number}-opens@{host}",
        title=f"{study.title}: round {round_.number} opens" if round_.number else f"{study.title}: open round opens",
        when=round_.opens_on,
        sequence=round_.opens_on.toordinal(),
        text="You get a mail with your link when the round opens.",
    )
