"""Letters to the team of a study, and to its contact for data protection."""

from delphi.letters.kinds.kind import GREETING, Kind
from delphi.translations import N_

OF_TEAM = (
    Kind(
        "team",
        N_("Invitation to the team"),
        N_("{study}: you are invited to the study team"),
        (
            GREETING,
            N_("{lead} has invited you to the team of the Delphi study “{study}”, as {role}."),
            "{how}",
            "{link}",
        ),
        knows=("role", "how", "link"),
        needs=("role", "how", "link"),
        to_team=True,
    ),
    Kind(
        "round_closed",
        N_("To the team: round closed"),
        N_("{study}: {round} is closed"),
        (
            GREETING,
            N_("The server closed {round} of the Delphi study “{study}” on {closed}, some time after its deadline."),
            N_("Its answers are fixed. What follows stands on the page of the round:"),
            "{page}",
        ),
        knows=("round", "closed", "page"),
        to_team=True,
    ),
    Kind(
        "response_alarm",
        N_("To the team: few answers"),
        N_("{study}: few have finished {round}"),
        (
            GREETING,
            N_("{round} closes on {closes}. {turnout}"),
            N_("You can extend it or remind those who have not finished:"),
            "{page}",
        ),
        knows=("round", "closes", "turnout", "page"),
        to_team=True,
    ),
    Kind(
        "bounce",
        N_("To the team: mail that came back"),
        N_("{study}: mail to the panel came back"),
        (
            GREETING,
            N_("{bounced} Whose it is and why stands on the page of the panel, where the address can be corrected:"),
            "{page}",
        ),
        knows=("bounced", "page"),
        to_team=True,
    ),
    Kind(
        "seal",
        N_("To the owners: a round is counted"),
        N_("{study}: {round} is counted, entry {entry}"),
        (
            N_(
                "{round} of the Delphi study “{study}” has entry {entry} in the chain of its results. Its hash (SHA-256) is:"
            ),
            "{hash}",
            N_(
                "Keep this mail. Whoever asks you later whether the results are still those that were counted can compare this "
                "hash with the one on the study's page of its audit trail and in the files. Another hash for the same entry "
                "means that the round was counted again, for instance after a backup was put back."
            ),
            "{why_you}",
        ),
        knows=("round", "entry", "hash", "why_you"),
        to_team=True,
        fixed=True,
    ),
)
