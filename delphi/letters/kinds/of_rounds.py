"""Letters of a round: invitations, reminders, and the news of a round."""

from delphi.letters.kinds.kind import FOR_THE_STUDY, GREETING, REGARDS, YOUR_LINK, Kind
from delphi.translations import N_

OPEN = N_("{study}: {round} is open")
INVITED = N_("You are invited as a member of the panel of the Delphi study “{study}”.")
CLOSES = N_("The round closes on {closes}. What you have saved by then counts, whether or not you submit.")
RULE = N_("The rule for consensus was fixed beforehand. Its fingerprint is {fingerprint}.")
SIGNED = N_(
    "This server signs the results, so that a change is noticed. Its public key, with which anybody can check them, is {key}"
)
ROUND = ("round", "rounds", "closes", "link")
WORK = (*ROUND, "items", "minutes")
FIRST = (*WORK, "fingerprint", "key")

INVITATIONS = (
    Kind(
        "invitation",
        N_("Invitation to the panel"),
        OPEN,
        (
            GREETING,
            INVITED,
            N_(
                "The panel rates {items} statements in this round and up to {rounds} rounds in all. From round 2 on you "
                "see how the panel answered beside your own answer. Views that few people hold matter as much as others: a "
                "study that loses them agrees too easily."
            ),
            N_("It takes about {minutes} minutes."),
            *FOR_THE_STUDY,
            CLOSES,
            RULE,
            SIGNED,
            REGARDS,
        ),
        knows=FIRST,
        needs=("link",),
    ),
    Kind(
        "invitation_open",
        N_("Invitation to the open round"),
        OPEN,
        (
            GREETING,
            INVITED,
            N_(
                "It begins with an open round: you write, in your own words, the statements that the panel should give its "
                "judgement on. After it the panel rates them in up to {rounds} rounds."
            ),
            *FOR_THE_STUDY,
            CLOSES,
            RULE,
            SIGNED,
            REGARDS,
        ),
        knows=(*ROUND, "fingerprint", "key"),
        needs=("link",),
    ),
    Kind(
        "next_round",
        N_("Invitation to a later round"),
        OPEN,
        (
            GREETING,
            N_(
                "{round} of the Delphi study “{study}” is open: {items} statements. Beside each you see how the panel "
                "answered in the round before, and your own answer."
            ),
            N_("It takes about {minutes} minutes."),
            *FOR_THE_STUDY,
            CLOSES,
            REGARDS,
        ),
        knows=WORK,
        needs=("link",),
    ),
)
CLOSING = N_("{study}: {round} closes on {closes}")
COUNTS = N_("{round} closes on {closes}. What you have saved by then counts.")
REMINDERS = (
    Kind(
        "not_started",
        N_("Reminder: not started"),
        CLOSING,
        (GREETING, N_("It takes about {minutes} minutes for {items} statements."), *YOUR_LINK, COUNTS, REGARDS),
        knows=WORK,
        needs=("link",),
    ),
    Kind(
        "unfinished",
        N_("Reminder: unfinished"),
        N_("{study}: {done} of {items} done, {round} closes on {closes}"),
        (
            GREETING,
            N_("You have answered {done} of {items} statements. They are saved and count."),
            N_("Your personal link leads to where you stopped:"),
            "{link}",
            N_("{round} closes on {closes}. If you have nothing to add, press “Submit”: then no reminder follows."),
            REGARDS,
        ),
        knows=(*WORK, "done"),
        needs=("link",),
    ),
    Kind(
        "last_day",
        N_("Reminder: last day"),
        N_("{study}: the last day of {round}"),
        (
            GREETING,
            N_("This is the last day: {round} closes on {closes}."),
            "{progress}",
            *YOUR_LINK,
            N_("What you have saved by then counts, whether or not you submit."),
            REGARDS,
        ),
        knows=(*WORK, "progress"),
        needs=("link",),
    ),
)
NEWS = (
    Kind(
        "extension",
        N_("Extension"),
        N_("{study}: {round} stays open until {closes}"),
        (
            GREETING,
            N_("The deadline of {round} was moved to {closes}. The reason: {reason}"),
            "{progress}",
            *YOUR_LINK,
            REGARDS,
        ),
        knows=(*WORK, "reason", "progress"),
        needs=("link", "closes"),
    ),
    Kind(
        "closing_early",
        N_("Close before the deadline"),
        N_("{study}: {round} was closed before its deadline"),
        (
            GREETING,
            N_(
                "The study team closed {round} on {closed}, before the deadline that you were told ({closes}). No answer can "
                "be added."
            ),
            "{saved}",
            *YOUR_LINK,
            REGARDS,
        ),
        knows=("round", "rounds", "closes", "closed", "saved", "link"),
        needs=("closed", "saved", "link"),
    ),
    Kind(
        "news",
        N_("News between rounds"),
        N_("{study}: what happens now"),
        (
            GREETING,
            N_("{round} of the Delphi study “{study}” is closed. Thank you to everybody who took part."),
            N_("The study team now reads what came in and prepares what follows; you get a mail then."),
            N_("The next round is planned to open on {opens}."),
            *YOUR_LINK,
            REGARDS,
        ),
        knows=("round", "rounds", "opens", "link"),
        needs=("link",),
    ),
    Kind(
        "results",
        N_("Results of a round"),
        N_("{study}: the results of {round}"),
        (
            GREETING,
            N_(
                "The results of {round} are there: how the panel answered each statement, and beside it your own answer where "
                "you gave one."
            ),
            *YOUR_LINK,
            REGARDS,
        ),
        knows=("round", "rounds", "link"),
        needs=("link",),
    ),
    Kind(
        "thanks",
        N_("Thank-you"),
        N_("{study}: thank you"),
        (
            GREETING,
            N_(
                "Thank you for being a member of the panel of the Delphi study “{study}”. What it finds rests on the time that "
                "people like you give to it."
            ),
            N_("You get a mail when there is something to read or to do."),
            REGARDS,
        ),
        knows=("link",),
    ),
)
OF_ROUNDS = (*INVITATIONS, *REMINDERS, *NEWS)
