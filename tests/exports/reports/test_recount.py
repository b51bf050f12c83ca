"""No printed figure contradicts its verdict or its counts: tables of random panels, read back as a reader would."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from printed_verdicts import HIDING, read_back

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import result_rows
from delphi.consensus.table.rows import consensus_rows
from delphi.consensus.vocabulary import Relation
from exports.record.facts import RoundFacts, StudyFacts
from exports.record.record import GivenRecord
from exports.reports.recount import contradictions
from exports.reports.styles import STYLES
from exports.tables.layout import MORE_DECIMALS, picked_of, printed_rows, sheet_of

FACTS = StudyFacts("s", "Study", "en", "", 3, 1, "stay", (), (), "", None, None, {})
CASES = [
    ("agree4_nq", "graded_agreement", {}),
    ("agree4_nq", "percent_agreement", {"threshold": "2/3"}),
    ("importance5", "median_percent", {"threshold": "70"}),
    ("grade9", "comet_70_15", {}),
    ("grade9", "percent_agreement", {"threshold": "75", "strict": "true", "disagree_threshold": "50"}),
    ("grade9", "iqr_rule", {"max_iqr": "1.5"}),
    ("importance5", "sd_rule", {"max_sd": "0.9"}),
    ("rand9", "rand_appropriateness", {"disagreement": "ipras"}),
    ("rand9", "rand_appropriateness", {}),
]


def record_of(counts, scale="grade9", rule=None, settings=None):
    """A record of one round of these counts (J, K)."""
    known = SCALES[scale]
    definition = Definition(known, rule_from(rule or known.rule, settings or {}, known))
    items = tuple(
        Item(f"S{j}", 1, "statement", None, "", f"Statement {j}", Relation.NEW, None) for j in range(1, len(counts) + 1)
    )
    analysis = Analysis(definition, (RoundData(1, items, Counts.of(np.array(counts))),))
    return GivenRecord(FACTS, definition, analysis, result_rows(consensus_rows(analysis)), [RoundFacts(1)])


def random_counts(draw, k):
    """A few statements, each of another size and slope."""
    rows = []
    for _ in range(draw.randint(1, 4)):
        weights = [draw.random() ** draw.choice([1, 3]) for _ in range(k)]
        n = draw.choice([8, 15, 20, 27, 54, 101, 199, 316, 1350])
        chosen = draw.choices(range(k), weights, k=n)
        rows.append([chosen.count(i) for i in range(k)])
    return rows


def test_a_thousand_random_tables_never_contradict_a_verdict():
    draw, compared, marked = Random(20), 0, 0
    for i in range(1000):
        scale, rule, settings = CASES[i % len(CASES)]
        record = record_of(random_counts(draw, SCALES[scale].K), scale, rule, settings)
        for key in ("agreement", "median", "mean", "rand"):
            if (key == "rand") != (rule == "rand_appropriateness"):
                continue
            table = STYLES[key](record, 1)
            assert contradictions(table, record.rows, record.definition) == []
            for row, said, found in read_back(record, table):
                marked += any(text.endswith(HIDING) for text in row.values())
                if said is not None and found is not None:
                    compared += 1
                    assert said == found, (rule, key, row)
    assert compared > 3000
    assert marked < compared / 100


def one_row(counts, *, style="median", **rest):
    record = record_of([counts], **rest)
    table = STYLES[style](record, 1)
    names = [table.columns[i].name for i in picked_of(table)]
    return record, table, dict(zip(names, printed_rows(table)[0], strict=True))


def test_fourteen_point_eight_under_fifteen_keeps_its_decimal():
    _, table, row = one_row([0, 0, 8, 0, 0, 0, 46, 0, 0], rule="comet_70_15")  # 8 of 54 are 14.8 %
    assert (row["disagree_pct"] if "disagree_pct" in row else row["deciding_1"]) == "14.8"
    assert row["verdict"] == "in"
    assert MORE_DECIMALS in sheet_of(table).notes


def test_what_no_decimal_tells_has_a_mark_and_a_note():
    _, table, row = one_row([2999, 0, 0, 0, 0, 0, 17000, 0, 0], rule="comet_70_15")  # 2999 of 19999 are 14.9957 %
    assert row["deciding_1"] == f"15{HIDING}"
    assert row["verdict"] == "in"
    assert any(note.startswith(HIDING) for note in sheet_of(table).notes)


def test_rand_prints_the_criterion_that_decided():
    counts = [0, 3, 2, 0, 0, 0, 4, 5, 1]
    _, _, classic = one_row(counts, style="rand", scale="rand9", rule="rand_appropriateness")
    _, _, index = one_row(
        counts, style="rand", scale="rand9", rule="rand_appropriateness", settings={"disagreement": "ipras"}
    )
    assert (classic["disagree_k"], classic["combined_k"], classic["disagreement"]) == ("5", "10", "yes")
    assert "di" not in classic
    assert "disagree_k" not in index
    assert float(index["di"]) > 1


def test_a_rule_of_the_whole_round_prints_its_basis():
    _, _, row = one_row([1, 1, 3, 15], style="agreement", scale="agree4_nq", rule="apmo")
    assert row["verdict_basis"].startswith("18/20 agree")


@pytest.mark.parametrize(("name", "value"), [("combined_pct", 60.0), ("median", 7.5), ("n_rated", 38), ("mean", 6.9)])
def test_a_figure_that_its_counts_do_not_give_is_found(name, value):
    record = record_of([[0, 2, 3, 5, 0, 5, 12, 5, 5]])
    table = STYLES["mean" if name == "mean" else "median"](record, 1)
    at = table.names.index(name)
    [row] = table.rows
    wrong = replace(table, rows=((*row[:at], value, *row[at + 1 :]),))
    assert contradictions(table, record.rows, record.definition) == []
    [said] = contradictions(wrong, record.rows, record.definition)
    assert said.startswith("S1, ")


@pytest.mark.parametrize(("counts", "explained"), [([1, 1, 1, 0], True), ([1, 1, 0, 2], False)])
def test_shares_that_do_not_add_up_are_explained(counts, explained):
    table = STYLES["agreement"](record_of([counts], "agree4_nq"), 1)
    assert any("need not add up" in note for note in table.notes) == explained
