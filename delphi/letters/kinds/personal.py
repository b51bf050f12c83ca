"""Letters to one panelist that belong to no round: receipts, links, and what the team did."""

from delphi.letters.kinds.kind import FOR_THE_STUDY, GREETING, REGARDS, YOUR_LINK, Kind
from delphi.translations import N_

RECEIPTS = (
    Kind(
        "link",
        N_("Personal link, asked for again"),
        N_("{study}: your personal link"),
        (
            GREETING,
            N_(
                "Somebody asked for the personal link of this address to the Delphi study “{study}”. It opens the study on any "
                "device:"
            ),
            "{link}",
            N_("Links in earlier mails go on working. If you did not ask for it, you need not do anything."),
            REGARDS,
        ),
        knows=("link",),
        needs=("link",),
    ),
    Kind(
        "consent",
        N_("Copy of the consent"),
        N_("{study}: copy of your consent"),
        (
            GREETING,
            N_(
                "On {day} you agreed to take part in the Delphi study “{study}”, on the terms of version {version} of the "
                "study information. This is your copy."
            ),
            "{agreed}",
            N_("The text you agreed to:"),
            "{information}",
            "{names_end}",
            N_("You can read it at any time under “My data”, and withdraw there without giving a reason."),
            REGARDS,
        ),
        knows=("day", "version", "agreed", "information", "names_end"),
        needs=("day", "version", "agreed", "information"),
    ),
    Kind(
        "withdrawal",
        N_("Receipt of leaving"),
        N_("{study}: you have left the panel"),
        (
            GREETING,
            N_(
                "On {day} you left the panel of the Delphi study “{study}”. This is the receipt, and the last mail of this "
                "study. Your links no longer work. Your name and address were deleted on that day; this mail alone kept them "
                "until it was sent."
            ),
            "{kept}",
            REGARDS,
        ),
        knows=("day", "kept"),
        needs=("day", "kept"),
    ),
    Kind(
        "finished",
        N_("Study finished"),
        N_("{study}: the study is finished"),
        (
            GREETING,
            N_("The Delphi study “{study}” is finished. Thank you for the time that you gave to it."),
            N_("Your personal link leads to its results:"),
            "{link}",
            "{names_end}",
            REGARDS,
        ),
        knows=("link", "names_end"),
        needs=("link",),
    ),
    Kind(
        "acknowledgement",
        N_("Do you want to be named?"),
        N_("{study}: do you want to be named as a member of the panel?"),
        (
            GREETING,
            N_(
                "The report of the Delphi study “{study}” can name the members of its panel. You are named only if you say so, "
                "and nothing in it connects your name with an answer."
            ),
            N_("You can decide until {until}."),
            *YOUR_LINK,
            REGARDS,
        ),
        knows=("link", "until"),
        needs=("link",),
    ),
    Kind(
        "information",
        N_("New study information"),
        N_("{study}: the study information has changed"),
        (
            GREETING,
            N_("The information of the Delphi study “{study}” has a new version ({version}). What is new:"),
            "{news}",
            N_("You need not agree again. Here you can read it, and leave the panel without giving a reason:"),
            "{link}",
            REGARDS,
        ),
        knows=("version", "news", "link"),
        needs=("version", "news", "link"),
    ),
)
OF_THE_TEAMS_ACTS = (
    Kind(
        "address_changed",
        N_("Changed address, told to the old one"),
        N_("{study}: your mail address was changed"),
        (
            GREETING,
            N_(
                "The team of the Delphi study “{study}” changed your mail address: its mails go to another address from now "
                "on. This is the last mail to this one."
            ),
            N_(
                "If that is right, you need not do anything. The links in earlier mails go on working, and they alone show "
                "what you answered: a link that goes to the new address shows none of it until you say on the page “My data”, "
                "opened by an earlier link, that the address is yours."
            ),
            N_(
                "If it is wrong, write to the study team, and tell whom the information of the study names for data protection."
            ),
        ),
        fixed=True,
    ),
    Kind(
        "statistician",
        N_("Who reads single answers"),
        N_("{study}: who reads the answers under a code"),
        (
            GREETING,
            N_(
                "In the Delphi study “{study}” somebody reads the answers of each person under a code, as the study "
                "information says: the statistician."
            ),
            N_("Statistician: {named}"),
            N_(
                "This person never had a role in this study that sees names, letters or comments, and never gets one. Two "
                "owners of the study decided it. Nothing is asked of you; what you agreed to stays as it is."
            ),
            *FOR_THE_STUDY,
        ),
        knows=("named", "link"),
        fixed=True,
    ),
)
PERSONAL = (*RECEIPTS, *OF_THE_TEAMS_ACTS)
