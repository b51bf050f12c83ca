"""What a statistic gives back: a value, or the reason why there is none (METHOD 2.4)."""

from dataclasses import dataclass
from enum import StrEnum

from delphi.statistics.base.bounds import Bounded


class Reason(StrEnum):
    """Why a figure is undefined; printed beside the empty cell."""

    NO_RATINGS = "no_ratings"
    N_BELOW_2 = "n_below_2"
    N_BELOW_4 = "n_below_4"
    M_BELOW_2 = "m_below_2"
    NO_VARIATION = "no_variation"
    CONSTANT_INPUT = "constant_input"
    SINGLE_ITEM = "single_item"
    NO_PAIRABLE_VALUES = "no_pairable_values"
    NO_COMPLETE_CASES = "no_complete_cases"
    UNEQUAL_RATERS = "unequal_raters"
    NO_PAIRED_RATINGS = "no_paired_ratings"
    WORDING_CHANGED = "wording_changed"
    MERGED = "merged"
    SPLIT = "split"
    NEW = "new"
    SCALE_NOT_RATIO = "scale_not_ratio"
    SCALE_NOT_SUPPORTED = "scale_not_supported"
    NEEDS_3_CATEGORIES = "needs_3_categories"
    BELOW_TABLE_RANGE = "below_table_range"
    ABOVE_TABLE_RANGE = "above_table_range"
    NO_ATTAINABLE_CRITICAL_VALUE = "no_attainable_critical_value"
    NO_INTERVAL = "no_interval"
    BELOW_MINIMUM_N = "below_minimum_n"
    EMPTY_GROUP = "empty_group"
    BELOW_LOWEST_GRADE = "below_lowest_grade"
    OPEN_INVITATION = "open_invitation"
    NOT_LINKABLE = "not_linkable"
    NOT_IN_ROUND = "not_in_round"
    CENSORED = "censored"
    INVALID_QUANTILES = "invalid_quantiles"
    SUPPRESSED_DISCLOSURE = "suppressed_disclosure"
    SEALED = "sealed"  # single answers are not kept, so nobody can be followed from round to round
    NOT_APPLICABLE = "not_applicable"
    MORE_THAN_SEARCHED = "more_than_searched"


class Flag(StrEnum):
    """What a reader must know about a figure that is present."""

    NO_CHANGES = "no_changes"
    NO_DISCORDANT_PAIRS = "no_discordant_pairs"
    N_BELOW_2 = "n_below_2"
    NO_VARIATION = "no_variation"
    SMALL_N = "small_n"
    TIE = "tie"
    EXTRAPOLATED = "extrapolated"
    ASYMPTOTIC = "asymptotic"
    MONTE_CARLO = "monte_carlo"
    HEURISTIC = "heuristic"
    MULTIMODAL = "multimodal"
    SPARSE_TABLE = "sparse_table"
    GROUPS_CONFLICT = "groups_conflict"
    NQ_DEPENDENT = "nq_dependent"
    QUANTILE_DEPENDENT = "quantile_dependent"
    ROUNDING_DEPENDENT = "rounding_dependent"
    COMPOSITION_CHANGE = "composition_change"


@dataclass(frozen=True, slots=True)
class Result(Bounded):
    """One figure: ``value`` (or None with ``reason``), ``n`` behind it, and ``flags``."""

    value: float | None
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()
