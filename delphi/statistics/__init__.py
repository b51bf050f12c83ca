"""Statistics of consensus in pure NumPy: a folder for each chapter of docs/methods.md.

Every public measure can be imported from here; pyproject.toml and setup.cfg tell ruff and mypy so.

Counts are integers over the declared categories of a scale, shape (K,) for one statement. Measures made with
`delphi.statistics.base.measure.measure` also have ``.table`` for counts of shape (..., K). Change between two rounds is
measured on a transition table (K, K), panel-wide agreement on counts (statements × K) or on the matrix
panelists × statements. An undefined figure is None with a `Reason`. SciPy is loaded only where a
test needs it.
"""

from delphi.statistics.agreement.chance_corrected import brennan_prediger, gwet_ac
from delphi.statistics.agreement.concordance import kendall_w, kendall_w_gaps
from delphi.statistics.agreement.kappa import conger_kappa, fleiss_general, fleiss_kappa
from delphi.statistics.agreement.krippendorff import krippendorff_alpha, krippendorff_interval
from delphi.statistics.agreement.large_panel import kendall_w_codes
from delphi.statistics.agreement.reliability import cronbach_alpha, icc, test_retest_icc
from delphi.statistics.base.exact import (
    compatible_dissents,
    format_percent,
    mean_share,
    meets_threshold,
    per_cent,
    round_half_up,
)
from delphi.statistics.base.panel_matrix import complete_block, counts_by_item
from delphi.statistics.base.result import Flag, Reason, Result
from delphi.statistics.change.attrition import (
    attrition_bias,
    completion,
    composition_adjusted_share,
    response_rate,
    retention,
)
from delphi.statistics.change.distribution_change import cv_difference, group_shift, scheibe_change, total_variation
from delphi.statistics.change.individual_stability import chaffin_talley
from delphi.statistics.change.paired import (
    differences,
    mean_absolute_change,
    percent_changed,
    rank_correlation,
    spearman,
    transition_table,
)
from delphi.statistics.change.paired_agreement import ac2_transition, exact_coefficient, weighted_kappa
from delphi.statistics.change.paired_tests import sign_test, sign_test_of_moves, signed_rank, signed_rank_of_moves
from delphi.statistics.change.square_tables import bowker, mcnemar, stuart_maxwell
from delphi.statistics.estimates.cooke import cooke_calibration, cooke_information, cooke_weight, intrinsic_background
from delphi.statistics.estimates.estimates import (
    geometric_mean_of_medians,
    linear_pool,
    mean_best,
    median_best,
    median_of_medians,
    numeric_summary,
    quantile_average,
    valid_estimate,
)
from delphi.statistics.groups.association import cramers_v, fisher_exact_rxc
from delphi.statistics.groups.comparison import adjust_p, cliffs_delta, kruskal_wallis, mann_whitney, tally
from delphi.statistics.groups.opinion_map import group_informed_consensus, opinion_groups
from delphi.statistics.one_statement.content_validity import (
    aiken_v,
    chance_agreement,
    i_cvi,
    modified_kappa,
    s_cvi_ave,
    s_cvi_ua,
)
from delphi.statistics.one_statement.description import category_shares, cv, mean, modes, quartiles, scaled_mean, sd
from delphi.statistics.one_statement.dispersion import (
    ad_median,
    bimodality_coefficient,
    one_minus_relative_sd,
    pairwise_agreement,
    r_wg,
    two_camps,
)
from delphi.statistics.one_statement.indices import blair_lacy_l2, consensus_cns, iov, leik_d, targeted_agreement
from delphi.statistics.one_statement.intervals import clopper_pearson_interval, wilson_interval
from delphi.statistics.one_statement.lawshe import cvi_lawshe, cvr, cvr_critical, cvr_significant
from delphi.statistics.one_statement.median_intervals import bootstrap_median, median_interval
from delphi.statistics.one_statement.quantiles import (
    grouped_median,
    iqr,
    median,
    quantile,
    quantile_of_values,
    quartile_signature,
    scaled_quantile,
    tukey_hinges,
)
from delphi.statistics.one_statement.van_der_eijk import agreement_a, polarisation
from delphi.statistics.ranking.choices import best_worst_counts, points
from delphi.statistics.ranking.kemeny import kemeny
from delphi.statistics.ranking.ranking import (
    ballot_of,
    borda,
    condorcet_winner,
    first_choices,
    mean_rank,
    pairwise_matrix,
)
