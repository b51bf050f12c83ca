"""Consensus rules: pure functions of counts (METHOD 4)."""

from delphi.consensus.rules.base import Rule
from delphi.consensus.rules.percent import GradedAgreement, PercentAgreement

RULES: dict[str, type[Rule]] = {
    "percent_agreement": PercentAgreement,
    "graded_agreement": GradedAgreement,
}
