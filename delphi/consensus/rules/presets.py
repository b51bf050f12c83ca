"""Definitions of consensus as published studies use them; a study copies one and owns the copy (METHOD 4.8)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from delphi.consensus.analysis import Definition
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.shipped_scales import SCALES


@dataclass(frozen=True)
class Preset:
    """A scale with a rule and its settings."""

    name: str
    scale: str
    rule: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def definition(self) -> Definition:
        """Make the definition, with the smallest panel a study judges."""
        scale = SCALES[self.scale]
        return Definition(scale, rule_from(self.rule, self.settings, scale), minimum_n=5)


PRESETS: dict[str, Preset] = {
    "semid_family": Preset("Grades U, A, B, C on four points", "agree4_nq", "graded_agreement"),
    "pct75": Preset("75 % agreement", "agree5", "percent_agreement", {"threshold": "75"}),
    "pct70_each_group": Preset(
        "70 % agreement in each group",
        "agree5",
        "each_group",
        {"rule": "percent_agreement", "percent_agreement.threshold": "70"},
    ),
    "comet_70_15": Preset("COMET 70/15", "grade9", "comet_70_15"),
    "comet_70_15_each": Preset("COMET 70/15 in each group", "grade9", "comet_by_group"),
    "rand_classic": Preset("RAND/UCLA, panel-size table", "rand9", "rand_appropriateness"),
    "rand_ipras": Preset("RAND/UCLA, IPRAS", "rand9", "rand_appropriateness", {"disagreement": "ipras"}),
    "iqr1_5pt": Preset("Interquartile range up to 1 on five points", "agree5", "iqr_rule", {"max_iqr": "1"}),
    "iqr2_9pt": Preset("Interquartile range up to 2 on nine points", "grade9", "iqr_rule", {"max_iqr": "2"}),
    "top2_75_7pt": Preset(
        "75 % in the two highest of seven points",
        "agree7",
        "percent_agreement",
        {"threshold": "75", "agree_set": "top2"},
    ),
    "cvr_ayre_scally": Preset("Content validity ratio", "yesno", "cvr_rule"),
}
