"""Panel-wide agreement against published values, R, and definitions over raw ratings."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_cases import approx, claim

from delphi.statistics.agreement import chance_corrected, concordance, kappa, krippendorff, reliability
from delphi.statistics.base.panel_matrix import complete_block, counts_by_item
from delphi.statistics.base.result import Flag, Reason
from delphi.statistics.change.paired import percent_changed, transition_table

METRICS = ("nominal", "ordinal", "interval", "ratio")
matrices = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.lists(st.integers(1, 4), min_size=n, max_size=n), min_size=2, max_size=5)
)

# Ratings 1-4 of six items (goal, question, strategy, databases, string, criteria), a word per panelist; "-" is a gap.
# CSM-Research, DLPH-ExInSS, github.com/CSM-Research/DLPH-ExInSS, commit 2db76bb, CC BY 4.0. With W, W without tie
# correction, and chi-square.
CSM = {
    "round 1, domain": (
        """
        421112 343224 432224 433333 433422 443343 433433 323422 321111 343322 332323 334342 434343 442234 433334
        423342 324443 444244 333344 432332 433243 444444 432244 422232 323342 343344 234433 232331 434243 341111
        333344 323343 344343 231241 323334""",
        (35, 0.0887, 0.0675, 15.52),
    ),
    "round 1, review": (
        """
        134344 443234 323223 333333 334434 343344 333333 222422 431111 323322 444444 344243 442342 334444 444444
        444444 444434 333333 444344 223433 443243 444444 432242 332232 323342 344333 324224 444444 444343 444444
        444344 444444 334444 211241 234444""",
        (35, 0.0271, 0.0142, 4.743),
    ),
    "round 2, domain": (
        """
        421111 ------ 432213 444443 443434 443343 433343 ------ 333322 333433 322323 333343 443343 442234 433334
        433343 334443 443244 333344 432332 443243 444444 432244 442242 323342 333332 234433 221231 433243 ------
        ------ ------ ------ 221241 ------""",
        (28, 0.1873, 0.1323, 26.221),
    ),
    "round 2, review": (
        """
        234344 ------ 332324 444444 444344 334344 433333 ------ 334344 333443 444444 344343 444343 334444 444444
        444444 444434 333333 444344 223433 443243 444444 332243 333333 323342 444444 324234 444444 334344 ------
        ------ ------ ------ 211241 ------""",
        (28, 0.094, 0.0462, 13.164),
    ),
}


def counts_of(data):
    values = np.unique([x for row in data for x in row if x is not None])
    return counts_by_item(data, values), values.astype(int)


@claim("kripp")
def test_krippendorff(case):
    counts, values = counts_of(case["input"]["data"])
    found = {name: krippendorff.krippendorff_alpha(counts, name, values).value for name in case["expected"]}
    assert found == approx(case["expected"], case)


@claim("kripp", files="09")
def test_krippendorff_says_why_it_is_undefined(case):
    for metric in METRICS:
        found = krippendorff.krippendorff_alpha(*counts_of(case["input"])[:1], metric)
        assert (found.value, found.reason) == (None, case["expected"]["reason"])
    assert krippendorff.krippendorff_interval(counts_of(case["input"])[0]).reason == case["expected"]["reason"]


@given(matrices)
def test_alpha_is_one_minus_observed_over_expected_disagreement(rows):
    x = np.array(rows)
    if x.min() == x.max():
        return
    observed = np.mean([(a - b) ** 2 for unit in x.T for a, b in combinations(unit, 2)])
    expected = np.mean([(a - b) ** 2 for a, b in combinations(x.ravel(), 2)])
    found = krippendorff.krippendorff_alpha(counts_by_item(rows, [1, 2, 3, 4]), "interval")
    assert found.value == pytest.approx(1 - observed / expected)


def test_alpha_knows_its_metrics():
    with pytest.raises(ValueError, match="unknown metric"):
        krippendorff.krippendorff_alpha([[1, 1], [2, 0]], "cosine")
    assert krippendorff.krippendorff_alpha([[0, 0], [0, 0]]).reason is Reason.NO_RATINGS


@claim("kendall_w")
def test_kendall_w(case):
    found = concordance.kendall_w(case["input"]["ratings"])
    named = {"W": found.value, "W_uncorrected": found.uncorrected, "chi2": found.chi2, "df": found.df, "p": found.p}
    assert {name: named[name] for name in case["expected"]} == approx(case["expected"], case)
    assert concordance.kendall_w_gaps(case["input"]["ratings"], permutations=9).value == approx(found.value, case)


@claim("kendall_w", files="09")
def test_kendall_w_says_why_it_is_undefined(case):
    reason = {"m<2": Reason.M_BELOW_2}.get(case["expected"]["reason"], case["expected"]["reason"])
    for function in (concordance.kendall_w, concordance.kendall_w_gaps):
        found = function(case["input"])
        assert (found.value, found.reason) == (None, reason)


def test_kendall_w_keeps_complete_panelists_or_complete_items():
    ratings = [[1, 2, 3], [1, 3, None], [2, 1, 3], [1, 2, 3]]
    found = concordance.kendall_w(ratings)
    assert (found.m, found.n, found.panelists_dropped) == (3, 3, 1)
    found = concordance.kendall_w(ratings, complete="items")
    assert (found.m, found.n, found.items_dropped) == (4, 2, 1)
    assert concordance.kendall_w([[1, None], [None, 2]]).reason is Reason.NO_COMPLETE_CASES
    assert concordance.kendall_w([[1], [2]]).reason is Reason.SINGLE_ITEM


def test_w_with_gaps_is_the_explained_share_of_rank_variance():
    ratings = np.array(
        [[5, 3, np.nan, 1], [4, np.nan, 2, 1], [4, 4, 3, np.nan], [1, 2, 3, 4], [np.nan, 2, np.nan, np.nan]]
    )
    rows, target = [], []
    for panelist in ratings[:4]:
        own = np.flatnonzero(~np.isnan(panelist))
        ranks = concordance.mid_ranks(panelist[None, own])[0]
        for j, rank in zip(own, ranks, strict=True):
            effects = np.isin(np.arange(4), own) / -len(own)
            effects[j] += 1
            rows.append(effects)
            target.append(rank - ranks.mean())
    target = np.array(target)
    fitted = np.array(rows) @ np.linalg.lstsq(np.array(rows), target, rcond=None)[0]
    found = concordance.kendall_w_gaps(ratings, permutations=99)
    assert found.value == pytest.approx((fitted**2).sum() / (target**2).sum())
    assert (found.m, found.ratings, found.panelists_dropped) == (4, 13, 1)
    assert 0 < found.p_permutation <= 1


def test_gaps_do_not_spoil_perfect_concordance():
    ratings = [[1, 2, 3, None], [None, 2, 3, 4], [1, 2, None, None], [1, 2, 3, 4]]
    assert concordance.kendall_w_gaps(ratings, permutations=9).value == pytest.approx(1)


@given(matrices)
def test_w_lies_between_0_and_1_and_ignores_the_order_of_panelists(rows):
    found = concordance.kendall_w(rows, permutations=19)
    if found.value is None:
        assert found.reason is Reason.NO_VARIATION
        return
    assert 0 <= found.value <= 1 + 1e-12
    assert concordance.kendall_w(rows[::-1], permutations=19).value == pytest.approx(found.value)
    assert concordance.kendall_w_gaps(rows, permutations=9).value == pytest.approx(found.value)


@pytest.mark.parametrize("block", CSM)
def test_kendall_w_of_a_published_panel(block):
    text, (m, w, uncorrected, chi2) = CSM[block]
    ratings = [[None if x == "-" else int(x) for x in word] for word in text.split()]
    found = concordance.kendall_w(ratings, permutations=99)
    assert (found.m, found.n, found.df) == (m, 6, 5)
    assert (found.value, found.uncorrected, found.chi2) == (
        pytest.approx(w, abs=6e-5),
        pytest.approx(uncorrected, abs=6e-5),
        pytest.approx(chi2, abs=6e-4),
    )


def test_a_quarter_of_the_published_pairs_changed():
    changed = paired = 0
    for part in ("domain", "review"):
        for first, second in zip(*(CSM[f"round {r}, {part}"][0].split() for r in (1, 2)), strict=True):
            pairs = [(a, b) for a, b in zip(first, second, strict=True) if "-" not in (a, b)]
            table = transition_table([int(a) - 1 for a, _ in pairs], [int(b) - 1 for _, b in pairs], 4)
            found = percent_changed(table)
            changed, paired = changed + found.changed, paired + found.n
    assert (changed, paired) == (84, 336)


@claim("gwet")
def test_gwet_family(case):
    ratings, expected = case["input"]["ratings"], case["expected"]
    panel = np.array(ratings, dtype=float).T
    counts, values = counts_by_item(panel, [1, 2, 3, 4, 5]), [1, 2, 3, 4, 5]
    weights = {"AC1": "identity", "AC2_linear": "linear", "AC2_quadratic": "quadratic", "AC2_ordinal": "ordinal"}
    found = {name: chance_corrected.gwet_ac(counts, weight) for name, weight in weights.items()}
    found |= {
        "fleiss": kappa.fleiss_general(counts),
        "brennan_prediger": chance_corrected.brennan_prediger(counts),
    }
    for name, coefficient in found.items():
        assert (coefficient.value, coefficient.se) == approx((expected[name]["value"], expected[name]["se"]), case)
    # METHOD 8.1: Conger's standard error is not required, so only its value is compared
    assert kappa.conger_kappa(panel, values).value == approx(expected["conger"]["value"], case)


@claim("gwet_ac1", files="09")
def test_ac1_of_equal_ratings(case):
    counts = counts_by_item(np.array(case["input"]["ratings"]).T, case["input"]["categories"])
    found = chance_corrected.gwet_ac(counts)
    assert (found.value, found.se, found.flags) == (1.0, None, (Flag.NO_VARIATION,))


@claim("fleiss_counts")
def test_fleiss(case):
    counts, expected = case["input"]["counts"], case["expected"]
    found = kappa.fleiss_kappa(counts)
    assert (found.value, found.pa, found.pe) == approx((expected["fleiss"], expected["pa"], expected["pe"]), case)
    assert chance_corrected.gwet_ac(counts).value == approx(expected["ac1"], case)
    assert krippendorff.krippendorff_alpha(counts, "nominal").value == approx(expected["kripp_nominal"], case)


@claim("fleiss", files="09")
def test_fleiss_says_why_it_is_undefined(case):
    wording = {"use Gwet/Krippendorff for unequal numbers of ratings": Reason.UNEQUAL_RATERS}
    found = kappa.fleiss_kappa(case["input"])
    assert (found.value, found.reason) == (None, wording.get(case["expected"]["reason"], case["expected"]["reason"]))


def test_coefficients_need_pairs_and_items():
    for coefficient in (chance_corrected.gwet_ac, chance_corrected.brennan_prediger, kappa.fleiss_general):
        assert coefficient([[0, 0]]).reason is Reason.NO_RATINGS
        assert coefficient([[1, 0], [0, 1]]).reason is Reason.NO_PAIRABLE_VALUES
        assert coefficient([[1, 1]]).reason is Reason.SINGLE_ITEM
    assert kappa.conger_kappa([[1, 2]], [1, 2]).reason is Reason.NO_PAIRABLE_VALUES
    assert kappa.conger_kappa([[1, 1], [1, 1]], [1, 2]).reason is Reason.NO_VARIATION


@claim("icc")
def test_icc(case):
    found = reliability.icc(np.array(case["input"]["x"]).T)
    expected = case["expected"]
    names = {"ICC2_lb": "icc2_low", "ICC2_ub": "icc2_high"}
    assert {name: getattr(found, names.get(name, name.lower())) for name in expected} == approx(expected, case)


@claim("icc", files="09")
def test_icc_of_equal_ratings(case):
    assert reliability.icc(case["input"]).reason is Reason.NO_VARIATION
    assert reliability.cronbach_alpha(case["input"]).reason is Reason.NO_VARIATION


@pytest.mark.parametrize("shift", range(4))
def test_icc_of_balanced_ratings_has_no_interval_and_no_error(shift):
    found = reliability.icc([[1 + (i + n * shift) % 4 for n in range(3)] for i in range(60)])
    assert (found.icc2_low is None) is (found.icc2_high is None)


@given(matrices)
def test_icc_of_any_ratings_is_within_its_range_or_absent(ratings):
    found = reliability.icc(ratings)
    assert found.reason or found.icc2_high is None or found.icc2_low <= found.icc2_high + 1e-9


def test_icc_needs_panelists_and_statements():
    assert reliability.icc([[1, 2]]).reason is Reason.M_BELOW_2
    assert reliability.icc([[1], [2]]).reason is Reason.N_BELOW_2
    assert reliability.icc([[1, None], [None, 2]]).reason is Reason.NO_COMPLETE_CASES
    assert reliability.cronbach_alpha([[1, 2]]).reason is Reason.M_BELOW_2
    assert reliability.icc([[1, 2], [1, 2]]).icc2_low is None


@claim("cronbach")
def test_cronbach(case):
    panel = np.array(case["input"]["x"]).T
    assert reliability.cronbach_alpha(panel).value == approx(case["expected"]["alpha"], case)
    assert reliability.cronbach_alpha(panel).value == pytest.approx(reliability.icc(panel).icc3k)


def test_retest_is_the_icc_of_the_pairs():
    t = [[3, 1, 0], [1, 4, 2], [0, 0, 5]]
    i, j = (np.repeat(side.ravel(), np.ravel(t)) for side in np.indices((3, 3)))
    assert reliability.test_retest_icc(t).value == pytest.approx(reliability.icc([i, j]).icc2, rel=1e-14)
    assert reliability.test_retest_icc(np.zeros((3, 3), int)).reason is Reason.NO_PAIRED_RATINGS


def test_blocks_report_what_they_lost():
    assert complete_block([[1, None], [2, 3]]).panelists_dropped == 1
    with pytest.raises(ValueError, match="matrix"):
        complete_block([1, 2])
