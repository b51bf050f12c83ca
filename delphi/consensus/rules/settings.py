"""The parameters of a rule as a form asks them: names, kinds and present values, read off the rule's own fields."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import NoneType
from typing import Any, get_args, get_type_hints

from delphi.consensus.rules import RULES
from delphi.consensus.rules.base import Rule
from delphi.consensus.scale import Scale


@dataclass(frozen=True)
class Setting:
    """One parameter.

    Attributes
    ----------
    name
        As `rule_from` reads it; that of a part carries the part's key and a dot.
    kind
        "flag", "number", "choice", "options" (of the scale), "rules" or "text".
    text
        The present value.
    choices
        The words it may be, where there are only a few.
    optional
        Whether it may be empty.
    """

    name: str
    kind: str
    text: str
    choices: tuple[str, ...] = ()
    optional: bool = False


def settings_of(key: str, scale: Scale, given: Mapping[str, str] | None = None) -> list[Setting]:
    """List the parameters of a rule, with those of its parts behind.

    Raises
    ------
    ValueError
        The rule is not defined on this scale.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> [(s.name, s.kind, s.text) for s in settings_of("comet_70_15", SCALES["grade9"], {"include": "80"})]
    [('include', 'text', '80'), ('exclude', 'text', '15'), ('high', 'options', '7..9'), ('low', 'options', '1..3')]
    """
    kind, said = RULES[key], given or {}
    hints, defaults = get_type_hints(kind), kind.defaults(scale)
    found: list[Setting] = []
    for field in fields(kind):
        if field.name == "lo":
            continue
        default = defaults.get(field.name, "" if field.default is MISSING else field.default)
        text = said.get(field.name, text_of(default))
        made = _setting(kind, field.name, hints[field.name], text)
        found += [made, *(_parts(text, said, scale) if made.kind == "rules" else ())]
    return found


def _setting(kind: type[Rule], name: str, hint: Any, text: str) -> Setting:
    options = get_args(hint)
    if name in kind.choices:
        return Setting(name, "choice", text, kind.choices[name])
    if hint is Rule or Rule in options:
        return Setting(name, "rules", text)
    if hint is bool:
        return Setting(name, "flag", text, ("yes", "no"))
    if hint is int:
        return Setting(name, "number", text)
    # A set of options may be empty where the rule allows it; the rule says so when it is made.
    return Setting(
        name, "options" if int in options else "text", text, optional=NoneType in options or Ellipsis in options
    )


def _parts(text: str, given: Mapping[str, str], scale: Scale) -> list[Setting]:
    """List the parameters of the rules that a rule is made of."""
    found = []
    for key in dict.fromkeys(word.strip() for word in text.split(",") if word.strip() in RULES):
        own = {name.removeprefix(f"{key}."): value for name, value in given.items() if name.startswith(f"{key}.")}
        found += [
            Setting(f"{key}.{s.name}", s.kind, s.text, s.choices, s.optional) for s in settings_of(key, scale, own)
        ]
    return found


def text_of(value: Any) -> str:
    """Write a value as `rule_from` reads it.

    Examples
    --------
    >>> text_of((7, 8, 9)), text_of((1, 3)), text_of(True), text_of(None), text_of(("90", "78"))
    ('7..9', '1,3', 'yes', '', '90,78')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return ""
    if isinstance(value, Rule):
        return value.key
    if not isinstance(value, tuple):
        return str(value)
    whole = [part for part in value if isinstance(part, int)]
    if len(whole) > 2 and whole == list(range(whole[0], whole[-1] + 1)):
        return f"{whole[0]}..{whole[-1]}"
    return ",".join(map(text_of, value))
