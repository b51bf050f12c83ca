"""What stands in the place of each placeholder: written from the facts of a letter, in the language of its reader."""

from collections.abc import Callable, Mapping
from typing import Any

from delphi.dates import day_in_words, locale_of
from delphi.letters.heads import one_line
from delphi.numbers import listed
from delphi.translations import LANGUAGES, N_, STATEMENT, translations

Facts = Mapping[str, Any]


class Words:
    """The texts of one language, with the noun for what is rated; a language without a catalogue is written in English."""

    def __init__(self, language: str, noun: str = STATEMENT) -> None:
        self.language = language
        catalogue = translations(language if language in LANGUAGES else "en", noun)
        self._ = self.translate = catalogue.gettext
        self.ngettext = catalogue.ngettext

    def day(self, on: Any) -> str:
        """Write a day in full."""
        return day_in_words(on, locale=locale_of(self.language))


def _greeting(facts: Facts, words: Words) -> str:
    name = one_line(facts.get("name", ""))
    return words._("Dear %(name)s,") % {"name": name} if name else words._("Good day,")


def _number(facts: Facts) -> int:
    number: int = facts["number"] if "number" in facts else facts["round"].number
    return number


def _round(facts: Facts, words: Words) -> str:
    number = _number(facts)
    return words._("round %(number)s") % {"number": number} if number else words._("the open round")


def _of_cards(name: str) -> Callable[[Facts, Words], str]:
    """A number of a round that rates; the open round has no statements yet."""
    return lambda facts, _words: str(facts[name]) if _number(facts) else ""


def _progress(facts: Facts, words: Words) -> str:
    if facts["done"]:
        said = words._("You have answered %(done)s of %(items)s statements. They are saved and count.")
        return said % {"done": facts["done"], "items": facts["items"]}
    if not _number(facts):
        return ""
    said = words._("The round has %(items)s statements, about %(minutes)s minutes.")
    return said % {"items": facts["items"], "minutes": facts["minutes"]}


def _saved(facts: Facts, words: Words) -> str:
    if n := facts["done"]:
        said = words.ngettext(
            "Your %(num)s saved answer counts, although you had not submitted.",
            "Your %(num)s saved answers count, although you had not submitted.",
            n,
        )
        return said % {"num": n}
    if facts.get("withheld"):
        return words._("What is saved counts.")
    return words._("You had not answered. You stay in the panel, and you get a mail when the next round opens.")


def _day(facts: Facts, words: Words) -> str:
    return words.day(facts["consent"].given_on if "consent" in facts else facts["withdrawn_on"])


def _agreed(facts: Facts, words: Words) -> str:
    items = facts["items"]
    return "\n".join([words._("You agreed to:"), *(f"- {item}" for item in items)]) if items else ""


def _names_end(facts: Facts, words: Words) -> str:
    days = facts["study"].names_kept_days
    if not days:
        return ""
    said = words.ngettext(
        "Your name, your address and your links are destroyed %(num)s day after the study is finished. Your answers "
        "stay under a code that then leads nobody to you.",
        "Your name, your address and your links are destroyed %(num)s days after the study is finished. Your answers "
        "stay under a code that then leads nobody to you.",
        days,
    )
    copies = words._(
        "Copies in backups go when those expire. If you ask to be named as a member of the panel, that stays."
    )
    return f"{said % {'num': days}}\n{copies}"


def _kept(facts: Facts, words: Words) -> str:
    if facts.get("withheld"):
        return words._("What was counted in closed rounds stays, under a code and without your name.")
    rows = [*_counted(facts["counted"], words), *_waiting(facts["kept"], words)]
    if not rows:
        return words._("No answer of yours is kept. Comments of closed rounds stay.")
    listed = [words._("Of your answers these stay, under a code and without your name:"), *(f"- {row}" for row in rows)]
    return "\n".join(listed) + "\n\n" + words._("Nothing else that you answered is kept.")


def _counted(rounds: Mapping[int, int], words: Words) -> list[str]:
    return [
        words.ngettext(
            "Round %(number)s, which is closed: %(num)s answer was counted and stays, with your comments of that round.",
            "Round %(number)s, which is closed: %(num)s answers were counted and stay, with your comments of that round.",
            n,
        )
        % {"number": number, "num": n}
        for number, n in rounds.items()
    ]


def _waiting(rounds: Mapping[int, int], words: Words) -> list[str]:
    return [
        words.ngettext(
            "Round %(number)s: %(num)s answer stays and is counted when the round closes.",
            "Round %(number)s: %(num)s answers stay and are counted when the round closes.",
            n,
        )
        % {"number": number, "num": n}
        for number, n in rounds.items()
    ]


ROLES = {
    "owner": N_("an owner, who decides everything"),
    "analyst": N_("an analyst, who sees results and never a name"),
    "panel_manager": N_("a panel manager, who sees names and never an answer"),
    "viewer": N_("a viewer, who sees the protocol and released results"),
    "statistician": N_("the statistician, who reads the answers under codes once a second owner has confirmed it"),
}


def _how(facts: Facts, words: Words) -> str:
    if facts["new"]:
        return words._("Choose a password first; the link works once, for %(days)s days:") % {"days": facts["days"]}
    return words._("Sign in with the account you have:")


def _turnout(facts: Facts, words: Words) -> str:
    said = words._("Of %(invited)s who were invited, %(finished)s have finished.")
    return said % {"invited": facts["invited"], "finished": facts["finished"]}


def _bounced(facts: Facts, words: Words) -> str:
    n = facts["bounced"]
    said = words.ngettext(
        "%(num)s address of the panel takes no mail.", "%(num)s addresses of the panel take no mail.", n
    )
    return said % {"num": n}


def _why_you(facts: Facts, words: Words) -> str:
    if not facts["contact"]:
        return ""
    return words._(
        "You get it because the study names you to its panel as the contact for data protection. No answer and no name "
        "stands in it."
    )


def _fact(name: str) -> Callable[[Facts, Words], str]:
    return lambda facts, _words: str(facts[name])


def _of_study(name: str) -> Callable[[Facts, Words], str]:
    return lambda facts, _words: one_line(str(getattr(facts["study"], name)))


def _until(facts: Facts, words: Words) -> str:
    return words.day(facts["study"].names_until) if facts["study"].names_until else ""


VALUES: dict[str, Callable[[Facts, Words], str]] = {
    "greeting": _greeting,
    "name": lambda facts, _words: one_line(facts.get("name", "")),
    "study": lambda facts, _words: one_line(str(facts.get("title") or facts["study"].title)),
    "lead": _of_study("lead_name"),
    "contact": _of_study("contact_email"),
    "round": _round,
    "rounds": _of_study("maximum_rounds"),
    "items": _of_cards("items"),
    "minutes": _of_cards("minutes"),
    "closes": _fact("closes"),
    "closed": _fact("closed"),
    "reason": _fact("reason"),
    "done": _fact("done"),
    "progress": _progress,
    "saved": _saved,
    "link": _fact("link"),
    "fingerprint": lambda facts, _words: (facts["study"].protocol_sha256 or "")[:8],
    "key": _fact("signing_key"),
    "opens": lambda facts, words: words.day(facts["opens"]) if facts.get("opens") else "",
    "until": _until,
    "day": _day,
    "version": lambda facts, _words: str(facts["document"].version),
    "agreed": _agreed,
    "information": lambda facts, _words: facts["document"].text.strip(),
    "news": lambda facts, _words: facts["document"].reason.strip(),
    "names_end": _names_end,
    "kept": _kept,
    "named": lambda facts, words: listed(facts["named"], locale_of(words.language)),
    "role": lambda facts, words: words.translate(ROLES[facts["role"]]),
    "how": _how,
    "page": _fact("page"),
    "turnout": _turnout,
    "bounced": _bounced,
    "entry": lambda facts, _words: str(facts["seal"].number),
    "hash": lambda facts, _words: str(facts["seal"].sha256),
    "why_you": _why_you,
}
