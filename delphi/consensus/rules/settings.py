"""The parameters of a rule as a form asks them: names, kinds and present values, read off the rule's own fields."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_type_hints

from delphi.consensus.rules import RULES
from delphi.consensus.rules.base import Rule
from delphi.consensus.scale import Scale


class SettingKind(StrEnum):
    """How a form asks a parameter."""

    FLAG = "flag"
    NUMBER = "number"
    CHOICE = "choice"
    OPTIONS = "options"
    RULES = "rules"
    TEXT = "text"


@dataclass(frozen=True)
class Setting:
    """One parameter.

    Attributes
    ----------
    name
        As `rule_from` reads it; that of a part carries the part's key and a dot.
    kind
        Its `SettingKind`; options are those of the scale.
    text
        The present value.
    choices
        The words it may be, where there are only a few.
    optional
        Whether it may be empty.
    """

    name: str
    kind: SettingKind
    text: str
    choices: tuple[str, ...] = ()
    optional: bool = False


def settings_of(key: str, scale: Scale, entered: Mapping[str, str] | None = None) -> list[Setting]:
    """Parameters of a rule, with those of its parts behind.

    Parameters
    ----------
    key
        Of the rule.
    scale
        What it is asked of; the defaults follow from it.
    entered
        Present values by the names of the parameters; what is not in it has its default.

    Raises
    ------
    ValueError
        The rule is not defined on this scale.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> [(s.name, s.kind.value, s.text) for s in settings_of("comet_70_15", SCALES["grade9"], {"include": "80"})]
    [('include', 'text', '80'), ('exclude', 'text', '15'), ('high', 'options', '7..9'), ('low', 'options', '1..3')]
    """
    kind, texts = RULES[key], entered or {}
    hints, defaults = get_type_hints(kind), kind.defaults(scale)
    settings: list[Setting] = []
    for field in fields(kind):
        if field.name == "lo":
            continue
        default = defaults.get(field.name, "" if field.default is MISSING else field.default)
        text = texts.get(field.name, text_of(default))
        setting = _setting(kind, field.name, hints[field.name], text)
        settings += [setting, *(_parts(text, texts, scale) if setting.kind is SettingKind.RULES else ())]
    return settings


def _setting(kind: type[Rule], name: str, hint: Any, text: str) -> Setting:
    options = get_args(hint)
    if name in kind.choices:
        return Setting(name, SettingKind.CHOICE, text, kind.choices[name])
    if hint is Rule or Rule in options:
        return Setting(name, SettingKind.RULES, text)
    if hint is bool:
        return Setting(name, SettingKind.FLAG, text, ("yes", "no"))
    if hint is int:
        return Setting(name, SettingKind.NUMBER, text)
    # A set of options may be empty where the rule allows it; the rule says so when it is made.
    several = SettingKind.OPTIONS if int in options else SettingKind.TEXT
    return Setting(name, several, text, optional=NoneType in options or Ellipsis in options)


def _parts(text: str, texts: Mapping[str, str], scale: Scale) -> list[Setting]:
    """Parameters of the rules that a rule is made of."""
    settings = []
    for key in dict.fromkeys(word.strip() for word in text.split(",") if word.strip() in RULES):
        own = {name.removeprefix(f"{key}."): value for name, value in texts.items() if name.startswith(f"{key}.")}
        settings += [replace(setting, name=f"{key}.{setting.name}") for setting in settings_of(key, scale, own)]
    return settings


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
