"""No oracle case is forgotten or tested twice."""

import importlib
import sys
from pathlib import Path

from oracle_cases import CLAIMED, all_cases

HERE = Path(__file__).parent
OURS = [path.stem for path in HERE.glob("test_*.py") if path.stem != Path(__file__).stem] + ["test_disclosure"]

# Consensus rules, tested beside their code in tests/consensus
RULES = {
    "rand_ipr",
    "rand_table",
    "rand_classic_cutoffs",
    "comet_70_15",
    "comet_70_15_groups",
    "percent_threshold",
    "within_k_of_median",
    "interpercentile_range",
    "lazarus_grade",
    "apmo",
}
# METHOD 6.1: Hartigan's dip finds two modes in most unimodal rating distributions and exists under the GPL only, so it
# is not shipped; its two cases document the trap. (Conger's standard error, part of "gwet", is not required: METHOD 8.1.)
OUT_OF_SCOPE = {"dip-statfaculty", "dip-likert-trap"}


def test_every_case_is_claimed_once(monkeypatch):
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.syspath_prepend(HERE.parent / "consensus")
    for name in OURS:
        if name not in sys.modules:
            importlib.import_module(name)
    cases = all_cases()
    expected = {case["id"] for case in cases if case["measure"] not in RULES} - OUT_OF_SCOPE
    assert set(CLAIMED) == expected
    assert [name for name, claims in CLAIMED.items() if len(claims) > 1] == []
    assert {case["measure"] for case in cases if case["id"] in OUT_OF_SCOPE} == {"dip"}
