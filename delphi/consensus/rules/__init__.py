"""Consensus rules: pure functions of counts (METHOD 4)."""

from delphi.consensus.rules.apmo import ApmoRule
from delphi.consensus.rules.base import Rule
from delphi.consensus.rules.centre import MedianPercent, ModalCategoryRule, WithinKOfMedian
from delphi.consensus.rules.combined import AllOf, AnyOf
from delphi.consensus.rules.comet import Comet7015
from delphi.consensus.rules.groups import CometByGroup, EachGroup
from delphi.consensus.rules.moments import CvRule, SdRule
from delphi.consensus.rules.percent import GradedAgreement, PercentAgreement
from delphi.consensus.rules.rand_ucla import RandAppropriateness
from delphi.consensus.rules.spread import IqrRule, QuartileDeviationRule
from delphi.consensus.rules.validity import CvrRule

_ALL: tuple[type[Rule], ...] = (
    PercentAgreement,
    GradedAgreement,
    Comet7015,
    CometByGroup,
    EachGroup,
    IqrRule,
    QuartileDeviationRule,
    MedianPercent,
    WithinKOfMedian,
    SdRule,
    CvRule,
    ModalCategoryRule,
    ApmoRule,
    RandAppropriateness,
    CvrRule,
    AllOf,
    AnyOf,
)
RULES: dict[str, type[Rule]] = {rule.key: rule for rule in _ALL}
