"""Rules as an author writes them under a table: “Grades: U, unanimous; A, 90–99%; …”."""

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from delphi.consensus.rules.base import Rule
from delphi.consensus.rules.comet import Comet7015
from delphi.consensus.rules.groups import GroupRule
from delphi.consensus.rules.percent import GradedAgreement, PercentAgreement
from delphi.consensus.rules.rand_ucla import DisagreementMethod, RandAppropriateness
from delphi.consensus.rules.shares import set_text
from delphi.consensus.scale import Scale

Words = Mapping[str, str]


@singledispatch
def legend(rule: Any, scale: Scale, words: Words) -> str:
    """Say a rule in the words of the table; its own sentence where there is no shorter one."""
    del words
    return str(rule.describe(scale))


def _with(words: Words, name: str) -> str:
    return words.get(name, name.replace("_", " "))


@legend.register
def _percent(rule: PercentAgreement, scale: Scale, words: Words) -> str:
    del scale
    sign = ">" if rule.strict else "≥"
    text = f"{_with(words, 'in')}, {sign}{rule.threshold}% rated {set_text(rule.agree_set)}"
    if _with(words, "out") == _with(words, "none"):
        return f"{text}; {_with(words, 'out')}, fewer."
    out = f"; {_with(words, 'out')}, {sign}{rule.low_threshold}% rated {set_text(rule.disagree_set)}"
    return f"{text}{out if rule.disagree_set else ''}."


@legend.register
def _graded(rule: GradedAgreement, scale: Scale, words: Words) -> str:
    del scale, words
    tops = [100, *(int(float(band)) for band in rule.bands[:-1])]
    bands = [
        f"{letter}, {band}–{top - 1}%" for letter, band, top in zip(rule.letters[1:], rule.bands, tops, strict=True)
    ]
    return f"Grades: {rule.letters[0]}, unanimous; {'; '.join(bands)}."


@legend.register
def _comet(rule: Comet7015, scale: Scale, words: Words) -> str:
    del scale
    high, low = set_text(rule.high), set_text(rule.low)
    return (
        f"{_with(words, 'in')}, ≥{rule.include}% rated {high} and <{rule.exclude}% rated {low}; "
        f"{_with(words, 'out')}, ≥{rule.include}% rated {low} and <{rule.exclude}% rated {high}; {_with(words, 'none')}, neither."
    )


@legend.register
def _groups(rule: GroupRule, scale: Scale, words: Words) -> str:
    inner: Rule = rule.inner()
    return f"Asked of each group. {legend(inner, scale, words)}"


@legend.register
def _rand(rule: RandAppropriateness, scale: Scale, words: Words) -> str:
    del scale
    how = (
        "by the number of ratings in 1–3 and 7–9" if rule.disagreement == DisagreementMethod.CLASSIC else "IPR > IPRAS"
    )
    return (
        f"{_with(words, 'in')}, median in 7–9 without disagreement ({how}); {_with(words, 'out')}, median in 1–3 without "
        "disagreement."
    )
