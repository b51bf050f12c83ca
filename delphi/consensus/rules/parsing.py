"""Make a rule from settings, as a form or a command line gives them; propose what happens next."""

from collections.abc import Mapping
from dataclasses import fields
from types import NoneType
from typing import Any, NamedTuple, get_args, get_type_hints

from delphi.consensus.rules import RULES
from delphi.consensus.rules.base import Rule
from delphi.consensus.scale import Scale, span
from delphi.consensus.vocabulary import Proposal, Verdict


def rule_from(key: str, settings: Mapping[str, str], scale: Scale) -> Rule:
    """Make a rule from its key and its parameters as text; what is not said follows from the scale.

    Raises
    ------
    ValueError
        The rule, a parameter or a value is unknown, or the definition contradicts itself.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> rule_from("percent_agreement", {"threshold": "80", "agree_set": "top"}, SCALES["agree5"]).agree_set
    (5,)
    """
    kind = _kind(key)
    hints = get_type_hints(kind)
    names = [f.name for f in fields(kind) if f.name != "lo"]
    parts: dict[str, dict[str, str]] = {}
    given: dict[str, Any] = {}
    for name, text in settings.items():
        part, dot, rest = name.partition(".")
        if dot:
            parts.setdefault(part, {})[rest] = text
        elif name not in names:
            raise ValueError(f"{key} has no setting “{name}”; it has {', '.join(names)}")
        else:
            given[name] = text
    values = {name: _value(hints[name], name, text, scale, parts) for name, text in given.items()}
    if unknown := parts.keys() - set(_words(",".join(given.values()))):
        raise ValueError(f"{key} has no part “{min(unknown)}”")
    return kind(**{**kind.defaults(scale), **values, "lo": scale.lo})


def _kind(key: str) -> type[Rule]:
    if key not in RULES:
        raise ValueError(f"there is no rule “{key}”; there are {', '.join(RULES)}")
    return RULES[key]


def _value(hint: Any, name: str, text: str, scale: Scale, parts: Mapping[str, Mapping[str, str]]) -> Any:
    """Read one parameter by the type of its field."""
    options = get_args(hint)
    if not text.strip() and NoneType in options:
        return None
    if hint is Rule or Rule in options:
        made = tuple(rule_from(word, parts.get(word, {}), scale) for word in _words(text))
        return made if options else made[0]
    if hint is bool or hint is int:
        return _truth(name, text) if hint is bool else _integer(name, text)
    if Ellipsis not in options:
        return text.strip()
    return read_set(text, scale) if int in options else _words(text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _truth(name: str, text: str) -> bool:
    words = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "": False}
    if text.strip().lower() not in words:
        raise ValueError(f"{name}: “{text}” is neither yes nor no")
    return words[text.strip().lower()]


def _integer(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{name}: “{text}” is not a whole number") from None


def read_set(text: str, scale: Scale | None = None) -> tuple[int, ...]:
    """Read a set of options: a named set of the scale, “7..9”, “7,8,9” or both mixed; empty means none.

    Examples
    --------
    >>> read_set("1..3, 5")
    (1, 2, 3, 5)
    """
    if scale and text.strip() in scale.sets:
        return scale.sets[text.strip()]
    members: set[int] = set()
    for part in filter(None, text.replace(" ", "").split(",")):
        low, dots, high = part.partition("..")
        try:
            members.update(span(int(low), int(high)) if dots else [int(low)])
        except ValueError:
            raise ValueError(f"“{text}” is not a set of options such as 7..9 or 7,8,9") from None
    found = tuple(sorted(members))
    if scale:
        scale.index(found)
    return found


def rule_from_dict(plain: Mapping[str, Any]) -> Rule:
    """Read what `Rule.as_dict` wrote, also after a round trip through JSON."""
    kind = _kind(plain["key"])
    if plain["version"] != kind.version:
        raise ValueError(f"{kind.key} has version {kind.version}, not {plain['version']}")
    return kind(**{name: _restored(value) for name, value in plain.items() if name not in ("key", "version")})


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return rule_from_dict(value)
    return tuple(map(_restored, value)) if isinstance(value, list) else value


class Proposed(NamedTuple):
    """What the rule proposes, and why, in a sentence."""

    proposal: Proposal
    reason: str


SETTLING = {
    Verdict.IN: Proposed(Proposal.SETTLED_IN, "The consensus rule is met."),
    Verdict.OUT: Proposed(Proposal.SETTLED_OUT, "The consensus rule is met for leaving it out."),
}
REOPENERS = 2  # Veugelers 2020: two like-minded panelists may reopen a settled item


def proposal(
    verdict: Verdict, *, stable: str | None = None, settled: Verdict | None = None, reopeners: int = 0
) -> Proposed:
    """Propose what to do with a statement after a round; a person decides.

    Parameters
    ----------
    stable
        "stable" if the ratings no longer move.
    settled
        The verdict under which it was settled earlier, if it was.
    reopeners
        Panelists who asked to reopen it.
    """
    if settled in (Verdict.IN, Verdict.OUT) and verdict is not settled:
        return Proposed(Proposal.REOPEN, "It was settled before, and this round does not confirm it.")
    if verdict in SETTLING:
        asked = Proposed(Proposal.REOPEN, "At least two panelists asked to reopen it.")
        return asked if reopeners >= REOPENERS else SETTLING[verdict]
    if verdict is Verdict.TOO_FEW:
        return Proposed(Proposal.RATE_AGAIN, "Too few panelists rated it for a verdict.")
    if stable == "stable":
        return Proposed(
            Proposal.REVISE, "There is no consensus, and opinions no longer move: another wording may help."
        )
    return Proposed(Proposal.RATE_AGAIN, "There is no consensus yet.")
