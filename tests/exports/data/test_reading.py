"""Random studies written in every shape and read back: a number is that of the study, or empty with its reason."""

import io
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delphi.consensus.analysis import Analysis, Definition, Item, People, RoundData
from delphi.consensus.matrix import ABSENT, BLANK, NOT_QUALIFIED, count_matrix, count_moves
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.change_columns import CHANGES, DIFFERENCES
from delphi.consensus.table.rows import consensus_rows
from delphi.consensus.vocabulary import Relation
from delphi.model.study import Level
from delphi.sheets.errors import SheetError
from delphi.sheets.writing import csv_bytes, write_csv
from exports.archive import reading
from exports.data import ratings
from exports.data.package import write_data
from exports.data.reading import brought_by, long_sheet, read, read_rows
from exports.data.records import Asked, Record, Records
from exports.record.unproved import INVITED, LINEAGE, WORDS
from rounds.results.matrices import AWAY, SUBMITTED, PanelAnswers, Wave

CODES = ("=1+1", "@SUM(A1)", "a,b;c", 'say "yes"', "S-1", "s_1", "x, round 1: y", "'='", "é🙂", "+x", "y" * 110, "1")
GROUPS = ("=cmd|x", "nurses, and peers", "doctors")
SHAPES = ("csv", "wide", "xlsx", "zip", "sav", "dta", "parquet")
COMPOSITION = "composition_change"
UNTOLD = {INVITED, "version", *WORDS, *LINEAGE, *CHANGES, *DIFFERENCES}
RULES = (("agree4_nq", "percent_agreement", {"threshold": "60"}), ("grade9", "comet_by_group", {}))


@st.composite
def studies(draw):
    """Answers of a panel in one to three rounds, and a definition of consensus."""
    scale, rule, chosen = draw(st.sampled_from(RULES))
    known = SCALES[scale]
    denominator = draw(st.sampled_from(["rated", "answered", "shown"]))
    definition = Definition(known, rule_from(rule, chosen, known), draw(st.integers(1, 9)), denominator)
    n, groups = draw(st.integers(1, 40)), draw(st.sampled_from([("",), GROUPS[:2], GROUPS]))
    chance = Random(draw(st.integers(0, 999)))
    missing = draw(st.sampled_from([0, 0.1, 0.5]))
    waves: list[Wave] = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        waves.append(wave(number, waves, known, n, chance, missing))
    stage = np.stack([np.where((one.matrix != ABSENT).any(1), SUBMITTED, AWAY) for one in waves], axis=1)
    member = tuple(chance.choice(groups) for _ in range(n))
    return definition, PanelAnswers(member, stage.astype(np.int8), tuple(waves)), groups


def wave(number, before, scale, n, chance, missing):
    """A round: statements old and new, some in other words; whoever came answered something."""
    items = {}
    for key in sorted(chance.sample(range(len(CODES)), 3)):
        old = before[-1].items.get(key) if before else None
        relation = chance.choice([Relation.SAME, Relation.REWORDED, Relation.REWORDED_SAME_MEANING])
        last = next((other.items[key].version for other in reversed(before) if key in other.items), None)
        version = number if last is None or (old and relation is not Relation.SAME) else last
        was = number - 1 if old else None
        text = f"Wording {version}"
        items[key] = Item(CODES[key], version, "statement", 1, "A", text, relation if old else Relation.NEW, was)
    options = [*range(scale.K), NOT_QUALIFIED, BLANK]
    matrix = np.array([[chance.choice(options) for _ in items] for _ in range(n)], dtype=np.int8)
    matrix[[chance.random() < missing or (row == BLANK).all() for row in matrix]] = ABSENT
    matrix[0] = 0  # somebody always answers
    return Wave(number, items, matrix)


def records_of(answers, groups):
    """The rows of a panel as a study keeps them."""
    waves = tuple(Asked(one.number, one.items) for one in answers.waves)
    records = []
    for person, group in enumerate(answers.group):
        rows = {r: one.matrix[person] for r, one in enumerate(answers.waves) if answers.stage[person, r] > AWAY}
        records.append(Record(f"R{person:03}", group, rows))
    told = tuple(record for record in records if record.rows)
    return Records(waves, told, groups if groups != ("",) else (), Level.OPEN_ROWS)


def truth(definition, answers, groups):
    """The consensus table from all answers."""
    member = np.array([groups.index(name) if name in groups else 0 for name in answers.group])  # 0: who never came
    rounds = []
    for r, one in enumerate(answers.waves):
        then = np.full_like(one.matrix, ABSENT)
        for j, (key, item) in enumerate(one.items.items()):
            if item.previous_round:
                then[:, j] = answers.waves[r - 1].matrix[:, list(answers.waves[r - 1].items).index(key)]
        counts = count_matrix(one.matrix, definition.scale.K, member, groups)
        moves = count_moves(then, one.matrix, definition.scale.K)
        rounds.append(
            RoundData(one.number, tuple(one.items.values()), counts, moves, moved=moved(answers.stage > AWAY, r))
        )
    return {(row["round"], row["statement"]): row for row in consensus_rows(Analysis(definition, tuple(rounds)))}


def moved(there, r):
    """How many stayed, left and joined."""
    before, now = there[:, max(r - 1, 0)], there[:, r]
    return People(*(int(part.sum()) for part in (before & now, before & ~now, now & ~before))) if r else None


def read_back(records, definition, shape, folder):
    """Write in a shape and read it."""
    path = folder / f"ratings.{shape}"
    if shape == "wide":
        stream = io.StringIO(newline="")
        write_csv(stream, [column.name for column in ratings.wide_columns(records)], ())
        data = stream.getvalue() + "".join(ratings.wide_lines(records, definition.scale))
        return read(data.encode(), definition, {})
    write_data(records, {wave.number: definition for wave in records.waves}, path)
    if shape != "zip":
        return read(path.read_bytes(), definition, {})
    with reading(path) as archive:
        brought = brought_by(archive)
        assert [*brought.definitions.values()] == [definition] * len(records.waves)
        return read_rows(long_sheet(archive), definition, {}, brought)


def table_of(found):
    rows = [found.unproved.without(row) for row in consensus_rows(found.analysis)]
    return {(row["round"], row["statement"]): row for row in rows}


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(studies())
def test_a_number_read_back_is_that_of_the_study(tmp_path, shape, study):
    definition, answers, groups = study
    if shape != "zip":  # of a file alone, nobody knows of a group that never answered
        came = {name for name, there in zip(answers.group, answers.stage.any(1), strict=True) if there}
        groups = tuple(name for name in groups if name in came)
    records = records_of(answers, groups)
    told = truth(definition, answers, groups)
    found = table_of(read_back(records, definition, shape, tmp_path))
    stems = ratings.stems_of(records)
    if shape in ("wide", "sav", "dta"):  # labels of SPSS and Stata cut the longest code
        cut = CODES if shape == "wide" else ("y" * 110,)
        told = {(n, stems.get(code, code) if code in cut else code): row for (n, code), row in told.items()}
    assert set(found) == set(told)
    for key, row in found.items():
        empty = {name for name, value in row.items() if value is None and told[key][name] is not None}
        assert empty <= UNTOLD
        for name in set(row) - empty - {"statement", "text", "reasons", "verdict_basis", "group_rule", *WORDS, INVITED}:
            if name == "flags" and shape != "zip":  # whether the wording kept its meaning is not in the file
                assert row[name] in (told[key][name], told[key][name].removesuffix(COMPOSITION).removesuffix(";")), key
            elif name not in LINEAGE or shape == "zip":
                assert row[name] == told[key][name], (key, name)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_opt_out_read_back_stays_in_the_denominator(tmp_path, shape):
    scale = SCALES["agree4_nq"]
    definition = Definition(scale, rule_from("percent_agreement", {"threshold": "60"}, scale), denominator="answered")
    matrix = np.array([[NOT_QUALIFIED]] * 8 + [[3]] * 8 + [[0]] * 4, dtype=np.int8)
    one = Wave(1, {1: Item("S1", 1, "statement", None, "", "One.", Relation.NEW, None)}, matrix)
    answers = PanelAnswers(("",) * 20, np.full((20, 1), SUBMITTED, dtype=np.int8), (one,))
    records = records_of(answers, ("",))
    [row] = table_of(read_back(records, definition, shape, tmp_path)).values()
    assert (row["n_nq"], row["combined_k"], row["combined_pct"], row["verdict"]) == (8, 8, 40, "none")


COUNTS = ("round", "position", "statement", "group", "n_invited", "n_blank", "n_nq", "k_1", "k_2", "k_3", "k_4")


def test_an_archive_knows_of_a_group_that_never_answered(tmp_path):
    scale = SCALES["grade9"]
    definition = Definition(scale, rule_from("comet_by_group", {}, scale))
    one = Wave(1, {1: Item("S1", 1, "statement", None, "", "One.", Relation.NEW, None)}, np.full((20, 1), 8, np.int8))
    answers = PanelAnswers(("nurses",) * 20, np.full((20, 1), SUBMITTED, dtype=np.int8), (one,))
    records = records_of(answers, ("nurses", "peers"))
    found = read_back(records, definition, "zip", tmp_path)
    [row] = table_of(found).values()
    assert (row["verdict"], row["group_rule"]) == ("too_few", "all: nurses, peers")
    plain = read_back(records, definition, "csv", tmp_path)
    assert [row["verdict"] for row in table_of(plain).values()] == ["in"]
    said = "verdicts rest on the groups in the file: one of which nobody answered would not be in it"
    assert said in plain.remarks()
    assert said not in found.remarks()


EVERYBODY = (1, 1, "S1", "all", 12, 1, 2, 1, 0, 3, 4)
NURSES, PEERS = (1, 1, "S1", "nurses", 6, 1, 0, 1, 0, 1, 2), (1, 1, "S1", "peers", 6, 0, 2, 0, 0, 2, 2)


def counted(*rows, head=COUNTS, rule="percent_agreement"):
    scale = SCALES["agree4_nq"]
    return read(csv_bytes(head, rows), Definition(scale, rule_from(rule, {}, scale)), {})


def test_counts_of_all_groups_are_those_of_the_panel():
    found = counted(EVERYBODY, NURSES, PEERS, rule="comet_by_group")
    [row] = table_of(found).values()
    assert found.grouped
    assert [row[name] for name in ("n_invited", "n_shown", "n_nq", "n_blank", "k_4")] == [12, 11, 2, 1, 4]
    assert row["group_rule"] == "all: nurses, peers"
    assert row["verdict"]


def test_a_verdict_by_groups_needs_the_counts_of_all_groups():
    found = counted(EVERYBODY, NURSES, rule="comet_by_group")
    [row] = table_of(found).values()
    assert not found.grouped
    assert (row["verdict"], row["k_4"]) == (None, 4)
    assert "verdict=groups_left_out" in row["reasons"]
    assert "groups are not used: they are not the whole panel in every round" in found.remarks()
    assert found.lacking("robustness") == "rests on groups that are left out of the file"
    assert counted(EVERYBODY, NURSES).lacking("robustness") == ""


def test_a_statement_without_counts_of_the_panel_is_named():
    found = counted(EVERYBODY, (1, 2, "S2", *NURSES[3:]))
    assert list(table_of(found)) == [(1, "S1")]
    assert "left out, it has no counts of the whole panel: S2, round 1" in found.remarks()


@pytest.mark.parametrize(
    ("rows", "head", "message"),
    [
        ([EVERYBODY, EVERYBODY], COUNTS, "line 3, column statement: “S1” of “all” in round 1 stands twice"),
        ([(*EVERYBODY[:-1], -1)], COUNTS, "line 2, column k_4: -1 is no count"),
        ([(*EVERYBODY, 2)], (*COUNTS, "k_5"), "column k_5: this option is not on the scale 1 to 4"),
        ([EVERYBODY[:-1]], COUNTS[:-1], "column k_4: there is no such column"),
    ],
)
def test_counts_that_cannot_be_are_refused(rows, head, message):
    with pytest.raises(SheetError, match=message):
        counted(*rows, head=head)


@pytest.mark.parametrize("report", ["agreement", "attrition", "stability"])
def test_counts_are_no_single_ratings(report):
    assert "counts" in counted(EVERYBODY).lacking(report)
