"""A rule from settings, as a form or a command line has them, or from the JSON in which it was stored."""

from collections.abc import Mapping
from dataclasses import fields
from types import NoneType
from typing import Any, get_args, get_type_hints

from delphi.consensus.rules import RULES
from delphi.consensus.rules.base import Rule
from delphi.consensus.scale import Scale, span


def rule_from(key: str, settings: Mapping[str, str], scale: Scale) -> Rule:
    """Make a rule from its key and its parameters as text; what is left out follows from the scale.

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
    own, parts = _by_part(settings)
    if unknown := [name for name in own if name not in names]:
        raise ValueError(f"{key} has no setting “{unknown[0]}”; it has {', '.join(names)}")
    values = {name: _value(hints[name], name, text, scale, parts) for name, text in own.items()}
    if strangers := parts.keys() - set(_words(",".join(own.values()))):
        raise ValueError(f"{key} has no part “{min(strangers)}”")
    return kind(**{**kind.defaults(scale), **values, "lo": scale.lo})


def _by_part(settings: Mapping[str, str]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Settings of the rule itself, and those of each of its parts, whose names carry the part's key and a dot."""
    own: dict[str, str] = {}
    parts: dict[str, dict[str, str]] = {}
    for name, text in settings.items():
        part, dot, rest = name.partition(".")
        if dot:
            parts.setdefault(part, {})[rest] = text
        else:
            own[name] = text
    return own, parts


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
        rules = tuple(rule_from(word, parts.get(word, {}), scale) for word in _words(text))
        return rules if options else rules[0]
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
    options = tuple(sorted(members))
    if scale:
        scale.index(options)
    return options


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
