"""Who missed a round is known by name: no row may be narrowed to fewer than k people by what the roster shows."""

import io
from collections import Counter
from random import Random

import numpy as np
import pytest
from databases import one_engine
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.matrix import ABSENT, BLANK, Matrix
from delphi.consensus.shipped_scales import SCALES
from delphi.sheets.writing import write_csv
from exports.data.linkage import linkage, open_groups
from exports.data.ratings import long_lines, long_rows, wide_columns, wide_lines, wide_rows
from exports.data.records import NOT_SHOWN, records_of
from exports.data.variable_names import LONGEST, variable_names
from rounds.results.matrices import AWAY, STARTED, SUBMITTED, PanelAnswers, Wave

K = 5


def panel(patterns, groups, items=2, seed=0):
    """Everybody's stage in every round, with answers nobody else gave: each row is a person."""
    stage = np.array(patterns, dtype=np.int8).reshape(len(groups), -1)
    draw = Random(seed)
    waves = []
    for r in range(stage.shape[1]):
        matrix: Matrix = np.full((len(groups), items), ABSENT, dtype=np.int8)
        for person in np.flatnonzero(stage[:, r]):
            matrix[person] = [draw.choice([BLANK, 0, 1, 2, 3]) for _ in range(items)]
        waves.append(Wave(r + 1, {}, matrix))
    return PanelAnswers(tuple(groups), stage, tuple(waves))


panels = st.integers(1, 3).flatmap(
    lambda rounds: st.lists(
        st.tuples(
            st.tuples(*[st.sampled_from([AWAY, STARTED, *[SUBMITTED] * 6])] * rounds),
            st.sampled_from(["a", "a", "b", "c"]),
        ),
        min_size=1,
        max_size=70,
    )
)


@given(panels, st.integers(3, 6), st.integers(0, 99))
def test_no_row_can_be_narrowed_to_fewer_than_k_people(people, k, seed):
    """Whoever the roster names finds at least k rows that may be theirs in every round whose rows leave."""
    answers = panel([pattern for pattern, _ in people], [group for _, group in people])
    labels = list(answers.group)
    ties = linkage(answers.stage, labels, k, Random(seed))
    shown = labels if ties.grouped else [""] * len(labels)
    rows = Counter(
        (r, tuple(stage) if linked else None, group)
        for stage, linked, group in zip(answers.stage.tolist(), ties.linked, shown, strict=True)
        for r, there in enumerate(stage)
        if there and ties.leaves[r]
    )
    for (_, pattern, _), n in rows.items():
        assert n >= k, pattern


@given(panels, st.integers(0, 99))
def test_every_answer_leaves_once_or_its_round_does_not_leave(people, seed):
    answers = panel([pattern for pattern, _ in people], [group for _, group in people])
    records = records_of(answers, ("a", "b", "c"), K, Random(seed))
    for r, wave in enumerate(answers.waves):
        told = sorted(record.rows[r].tobytes() for record in records.records if r in record.rows)
        there = sorted(row.tobytes() for row in wave.matrix[answers.stage[:, r] > 0])
        assert told == (there if records.leaves[r] else [])
    assert len({record.code for record in records.records}) == len(records.records)


def test_who_missed_a_round_alone_is_cut_apart_with_company():
    patterns = [(2, 2, 2)] * 40 + [(2, 0, 2)]
    ties = linkage(panel(patterns, ["a"] * 41).stage, ["a"] * 41, K, Random(1))
    assert not ties.linked[40]
    assert 2 * K - 1 <= np.count_nonzero(~ties.linked[:40]) <= 2 * K
    assert ties.leaves.all()
    assert ties.grouped


def test_a_whole_panel_that_stays_is_not_cut():
    ties = linkage(panel([(2, 2, 2)] * 12, ["a"] * 12).stage, ["a"] * 12, K, Random(1))
    assert ties.linked.all()


def test_a_round_of_too_few_does_not_leave():
    patterns = [(2, 0)] * 20 + [(2, 2)] * 3
    ties = linkage(panel(patterns, ["a"] * 23).stage, ["a"] * 23, K, Random(1))
    assert ties.leaves.tolist() == [True, False]


def test_groups_are_dropped_where_they_would_name_somebody():
    patterns = [(2, 2)] * 30 + [(2, 0)] * 2
    groups = ["a"] * 26 + ["b"] * 4 + ["b"] * 2
    assert open_groups(np.array([[26, 6], [26, 4]]), ["a", "b"], K) == []
    records = records_of(panel(patterns, groups), ("a", "b"), K, Random(1))
    assert {record.group for record in records.records} == {NOT_SHOWN}


def test_rows_carry_no_group_that_linking_gave_up():
    half = [(2, 2)] * 8
    answers = panel([(2, 0), *half, (0, 2), *half], ["a"] * 9 + ["b"] * 9)
    assert open_groups(np.array([[9, 8], [8, 9]]), ["a", "b"], K) == ["a", "b"]
    records = records_of(answers, ("a", "b"), K, Random(1))
    assert ({record.group for record in records.records}, records.grouped) == ({NOT_SHOWN}, False)


@pytest.mark.parametrize(
    ("present", "shown"),
    [
        ([[12, 6, 1]], ["a"]),
        ([[9, 8, 3]], ["a"]),
        ([[12, 3, 2]], ["a"]),
        ([[11, 1]], []),
        ([[7, 5]], ["a", "b"]),
        ([[7, 0]], ["a", "b"]),
    ],
)
def test_groups_that_may_be_told(present, shown):
    assert open_groups(np.array(present), ["a", "b", "c"][: len(present[0])], K) == shown


def test_codes_follow_no_order_of_invitation():
    """The rank of a code says nothing about the place in the panel: mean correlation over many exports."""
    correlations = []
    for seed in range(100):
        answers = panel([(2,)] * 30, ["a"] * 30, items=6, seed=seed)
        records = records_of(answers, ("a",), K, Random(seed)).records
        by_row = {record.rows[0].tobytes(): record.code for record in records}
        codes = [by_row[row.tobytes()] for row in answers.waves[0].matrix]
        correlations.append(np.corrcoef(np.arange(30), np.argsort(np.argsort(codes)))[0, 1])
    assert abs(np.mean(correlations)) < 0.08


@given(st.lists(st.text(max_size=60), max_size=30, unique=True))
def test_names_fit_every_program(codes):
    names = [f"{stem}_r12_status" for stem in variable_names(codes).values()]
    assert all(len(name) <= LONGEST for name in names)
    assert all(name.isascii() and name.isidentifier() for name in names)
    assert len({name.lower() for name in names}) == len(codes)


@one_engine
def test_long_and_wide_say_the_same(cast):
    from played import play

    from exports.bundle.source import source_of

    made = play(cast.session, "tables", panelists=30, rounds=2)
    records = source_of(cast.session, made, Random(1)).records
    scale = SCALES[made.scale]
    names = [column.name for column in wide_columns(records)]
    wide = [dict(zip(names, row, strict=True)) for row in wide_rows(records, scale)]
    for rows, lines in ((long_rows, long_lines), (wide_rows, wide_lines)):
        stream = io.StringIO()
        write_csv(stream, ["x"], rows(records, scale))
        assert stream.getvalue() == '"x"\r\n' + "".join(lines(records, scale))
    said = {}
    for _, code, number, _, _, _, status, value, _, position in long_rows(records, scale):
        said[code, number, position] = (value, status)
    for row in wide:
        for number, wave in enumerate(records.waves, 1):
            for position in range(1, len(wave.items) + 1):
                at = 2 + 2 * (position - 1) + (0 if number == 1 else 2 * len(records.waves[0].items))
                told = said.get((row["panelist"], number, position), (None, "absent"))
                assert (row[names[at]], row[names[at + 1]]) == told
    assert len(said) > 150
